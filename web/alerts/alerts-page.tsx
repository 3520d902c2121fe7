import { useSignal } from '@preact/signals';
import type { Alert, ReceiverStatus, SilencesAnswer } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Failure } from '../api/answer.ts';
import { spokenAlert } from '../frame/spoken-slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { sloNames } from '../overview/slo-names.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { CurrentAlert } from './current-alert.tsx';
import { History } from './history.tsx';
import { RuleAlerts } from './rule-alerts.tsx';
import { SilenceForm } from './silence-form.tsx';
import { Silences } from './silences.tsx';
import { alertWords } from './words.ts';

interface AlertsPageProps {
  /** Firing and pending, worst first. */
  readonly current: readonly Alert[];
  /** Of Prometheus rule files; absent: there are none. */
  readonly rules?: readonly RuleAlertStatus[] | undefined;
  readonly receivers: readonly ReceiverStatus[];
  readonly silences: SilencesAnswer['silences'];
  /** Of all pages read, newest first. */
  readonly history: readonly Alert[];
  readonly slos: readonly SloStatus[];
  /** The server's time, ms. */
  readonly now: number;
  readonly onChanged: () => void;
  /** Absent when there is nothing older. */
  readonly onMore: (() => void) | undefined;
  /** Why the alerts asked for last with `onMore` are not among them. */
  readonly moreFailure?: Failure | undefined;
}

/** What fires, what is quiet and why, what is over, and who was told. */
export function AlertsPage(props: AlertsPageProps) {
  const { current, rules, receivers, silences, history, slos, now, onChanged, onMore, moreFailure } = props;
  const w = usePageWords(alertWords);
  const form = useSignal<readonly Matcher[] | undefined>(undefined);
  const speech = useSpeech();
  const name = sloNames(slos, speech);
  const named = (alert: Alert): Alert => {
    const { title } = spokenAlert(alert, speech);
    return { ...alert, title: name({ id: alert.slo, title }) };
  };
  const known = [...current, ...(rules ?? [])];
  const [firing, pending] = (['firing', 'pending'] as const).map(
    (state) => known.filter((one) => one.state === state).length,
  );
  return (
    <>
      <h1 class="title">{w('title')}</h1>
      <p class={firing !== 0 ? 'objective state-burning' : 'objective'} role="status">
        {current.length === 0 && slos.length === 0 && rules === undefined
          ? w('none_defined')
          : w('count', { firing: firing ?? 0, pending: pending ?? 0 })}
      </p>
      {current.length > 0 && (
        <section aria-labelledby="current">
          <h2 id="current">{w('current')}</h2>
          {current.map(named).map((alert) => (
            <CurrentAlert
              key={alert.id}
              alert={alert}
              silences={silences}
              now={now}
              onSilence={() => (form.value = [{ name: 'slo', op: '=', value: alert.slo }])}
            />
          ))}
        </section>
      )}
      <RuleAlerts rules={rules} silences={silences} onSilence={(matchers) => (form.value = matchers)} />
      <section aria-labelledby="silences">
        <div class="table-head">
          <h2 id="silences">{w('silences')}</h2>
          {form.value === undefined && (
            <button type="button" onClick={() => (form.value = [{ name: 'slo', op: '=', value: slos[0]?.id ?? '' }])}>
              {w('silence_new')}
            </button>
          )}
        </div>
        {form.value !== undefined && (
          <SilenceForm
            key={JSON.stringify(form.value)}
            matchers={form.value}
            slos={slos}
            rules={rules ?? []}
            onDone={() => {
              form.value = undefined;
              onChanged();
            }}
            onCancel={() => (form.value = undefined)}
          />
        )}
        <Silences silences={silences} onChanged={onChanged} />
      </section>
      <History history={history.map(named)} onMore={onMore} moreFailure={moreFailure} />
      <Receivers receivers={receivers} />
    </>
  );
}

function Receivers({ receivers }: { readonly receivers: readonly ReceiverStatus[] }) {
  const { numbers, say } = useSpeech();
  const w = usePageWords(alertWords);
  const counts = ['waiting', 'delivered', 'failed'] as const;
  return (
    <section aria-labelledby="receivers">
      <h2 id="receivers">{w('receivers')}</h2>
      {receivers.length === 0 ? (
        <p>{w('receivers_none')}</p>
      ) : (
        <>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">{w('receiver')}</th>
                <th scope="col">{w('receiver_way')}</th>
                <th scope="col">{w('receiver_tiers')}</th>
                {counts.map((name) => (
                  <th key={name} scope="col" class="number">
                    {w(`receiver_${name}`)}
                  </th>
                ))}
                <th scope="col">{w('receiver_error')}</th>
              </tr>
            </thead>
            <tbody>
              {receivers.map((receiver) => (
                <tr key={receiver.name}>
                  <th scope="row" class="mono">
                    <LineText text={receiver.name} />
                  </th>
                  <td data-label={w('receiver_way')}>{receiver.integration}</td>
                  <td data-label={w('receiver_tiers')}>
                    {receiver.tiers.map((tier) => say(`alert_tier_${tier}`)).join(', ')}
                  </td>
                  {counts.map((name) => (
                    <td key={name} data-label={w(`receiver_${name}`)} class="number">
                      {numbers.count(receiver[name])}
                    </td>
                  ))}
                  <td data-label={w('receiver_error')} class="wrapped">
                    <LineText text={receiver.last_error ?? '–'} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted">{w('receivers_note')}</p>
        </>
      )}
    </section>
  );
}
