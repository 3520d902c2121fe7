import type { GateAnswer, SloHistory, SloStatus } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { GateHeadline, GateReasons } from './gate.tsx';
import { SloTable } from './slo-table.tsx';

interface OverviewProps {
  readonly slos: readonly SloStatus[];
  readonly gate: GateAnswer;
  /** Absent until it is here. */
  readonly history?: SloHistory | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

/** The answer first, the number behind it second, the evidence third. */
export function OverviewPage({ slos, gate, history, now }: OverviewProps) {
  return (
    <>
      <GateHeadline gate={gate} />
      <GateReasons gate={gate} slos={slos} />
      {slos.length === 0 ? <NoSloYet /> : <SloTable slos={slos} history={history} now={now} />}
    </>
  );
}

function NoSloYet() {
  const { t } = useSpeech();
  return (
    <section aria-labelledby="empty">
      <h2 id="empty">{t('empty_title')}</h2>
      <p>{t('empty_body')}</p>
      <p>
        <a href="/status">{t('nav_status')}</a>
      </p>
    </section>
  );
}
