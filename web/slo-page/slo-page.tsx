import type { ComponentChildren } from 'preact';
import type { GateDecision, Reason, SloDetail, SloStatus } from '../../server/model/slo.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { spokenSlo } from '../frame/spoken-slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { windowText } from '../overview/slo-names.ts';
import { StateMark } from '../overview/state-mark.tsx';
import { pageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { BudgetPolicy } from './budget-policy.tsx';
import { BurnTable } from './burn-table.tsx';
import { Counts } from './counts.tsx';
import { Definition, type Keep } from './definition.tsx';
import { type ExclusionMaker, Exclusions, type UndoExclusion } from './exclusions.tsx';
import { Figures } from './figures.tsx';
import { Parts } from './parts.tsx';
import type { Range } from './range.ts';
import { Releases } from './releases.tsx';
import { RecomputedNote, SloChanges } from './slo-changes.tsx';
import { SloGraphs } from './slo-graphs.tsx';
import { SloSources } from './slo-sources.tsx';
import { UnmatchedNote } from './unmatched-note.tsx';
import { sloWords } from './words.ts';

interface SloPageProps {
  readonly detail: SloDetail;
  /** What the gate says of this SLO alone. */
  readonly decision: GateDecision | undefined;
  /** The server's time, ms. */
  readonly now: number;
  readonly keep: Keep;
  readonly undo?: UndoExclusion | undefined;
  readonly exclusionForm?: ExclusionMaker | undefined;
  readonly range: Range;
  readonly onRange: (range: Range) => void;
  /** Evidence that is asked for apart, between the counts and the sources. */
  readonly children?: ComponentChildren;
}

export function SloPage({ detail, decision, now, keep, undo, exclusionForm, range, onRange, children }: SloPageProps) {
  const { status } = detail;
  return (
    <>
      <SloHead slo={status} decision={decision} reasons={detail.gate?.reasons ?? status.reasons} now={now} />
      <Figures slo={status} />
      <RecomputedNote detail={detail} />
      <UnmatchedNote detail={detail} />
      <Parts slo={status} />
      <SloGraphs detail={detail} range={range} onRange={onRange} />
      <BurnTable slo={status} />
      {detail.budget_policy !== undefined && <BudgetPolicy levels={detail.budget_policy} />}
      <Counts slo={status} />
      <Releases detail={detail} />
      <Exclusions detail={detail} undo={undo} form={exclusionForm} />
      {children}
      <SloSources sources={status.sources} now={now} />
      <SloChanges detail={detail} />
      <Definition slo={status} yaml={detail.definition} keep={keep} />
    </>
  );
}

interface SloHeadProps {
  readonly slo: SloStatus;
  readonly decision: GateDecision | undefined;
  /** Of the state, and of the policy it is released under. */
  readonly reasons: readonly Reason[];
  readonly now: number;
}

function SloHead({ slo, decision, reasons, now }: SloHeadProps) {
  const speech = useSpeech();
  const w = usePageWords(sloWords);
  const { t, times, reason } = speech;
  const { title, owner } = spokenSlo(slo, speech);
  // How much is left is among the figures.
  const shown = reasons.filter(({ code }) => code !== 'budget_left');
  return (
    <>
      <p class="eyebrow">
        <StateMark state={slo.state} />
        {decision !== undefined && (
          <span>
            {t('overview_title')} <strong class={`decision-${decision}`}>{t(`gate_${decision}`)}</strong>
          </span>
        )}
        {slo.proposed && <span class="tag">{t('proposed')}</span>}
      </p>
      <h1 class="title">
        <LineText text={title} />
      </h1>
      <p class="objective">{objectiveText(slo, speech)}</p>
      <p class="muted meta">
        <span>{w('service_line', { service: slo.service })}</span>
        <span>{w('owner_line', { owner })}</span>
        <span>
          {slo.as_of > 0 ? (
            <time dateTime={isoMoment(slo.as_of)}>
              {w('as_of', { moment: times.moment(slo.as_of), age: times.age((now - slo.as_of) / 1000) })}
            </time>
          ) : (
            w('as_of_never')
          )}
        </span>
      </p>
      {shown.length > 0 && (
        <ul class="reasons">
          {shown.map((entry, i) => (
            <li key={`${entry.code} ${i}`}>{reason(entry)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The objective as a sentence: "99.9% of requests to shop succeed, over 30 days". */
function objectiveText(slo: SloStatus, speech: Speech): string {
  const { numbers, times, language } = speech;
  const w = pageSay(sloWords, language);
  const args = {
    objective: numbers.objective(slo.objective),
    service: slo.service,
    window: windowText(slo.window, speech),
  };
  if (slo.parts !== undefined) return w('objective_composite', { ...args, parts: slo.parts.length });
  if (slo.slices !== undefined) {
    const { every_secs, good_at } = slo.slices;
    const every = times.shortSpan(every_secs);
    if (good_at === undefined) return w('objective_mean', { ...args, every });
    if (good_at === 1) return w('objective_all', { ...args, every });
    return w('objective_slices', { ...args, every, good_at: numbers.objective(good_at) });
  }
  if (slo.kind === 'availability' || slo.threshold_secs === undefined) return w('objective_availability', args);
  return w('objective_latency', { ...args, threshold: times.milliseconds(slo.threshold_secs) });
}
