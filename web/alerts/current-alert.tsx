import type { ComponentChildren } from 'preact';
import type { Alert, AlertFigures, SilencesAnswer } from '../../server/model/alerts.ts';
import { alertSentence } from '../../server/model/words/words.ts';
import { isoMoment } from '../format/times.ts';
import { type PageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { AlertMark } from './alert-mark.tsx';
import { Messages } from './messages.tsx';
import { type AlertWord, alertWords } from './words.ts';

interface CurrentAlertProps {
  readonly alert: Alert;
  readonly silences: SilencesAnswer['silences'];
  readonly now: number;
  readonly onSilence: () => void;
}

/** An alert that fires: its figures in a row, then what they mean, then what keeps it quiet. */
export function CurrentAlert({ alert, silences, now, onSilence }: CurrentAlertProps) {
  const speech = useSpeech();
  const { say, times } = speech;
  const w = usePageWords(alertWords);
  const quiet = silences.filter(({ id }) => alert.silenced_by.includes(id));
  return (
    <article class={`alert alert-${alert.tier}`} aria-labelledby={alert.id}>
      <p class="eyebrow">
        <AlertMark alert={alert} />
      </p>
      <h3 id={alert.id}>
        <a href={`/slo/${encodeURIComponent(alert.slo)}`}>{alert.title}</a>
      </h3>
      <dl class="figures alert-figures">
        <Figures alert={alert} now={now} w={w} speech={speech} />
      </dl>
      <ul class="alert-words">
        {alert.sentences.map((sentence) => (
          <li key={sentence.code}>{alertSentence(sentence, say)}</li>
        ))}
      </ul>
      <p>
        {alert.silenced_by.length === 0
          ? w('told')
          : quiet.map(({ id, ends, author, comment }) => (
              <span key={id} class="block">
                {w('quiet', { moment: times.moment(ends), author, comment })}
              </span>
            ))}
      </p>
      <p class="alert-actions">
        {alert.silenced_by.length === 0 && (
          <button type="button" aria-label={`${w('silence_this')}: ${alert.title}`} onClick={onSilence}>
            {w('silence_this')}
          </button>
        )}
      </p>
      <Timeline alert={alert} />
      <Messages alert={alert.id} />
    </article>
  );
}

interface FiguresProps {
  readonly alert: Alert;
  readonly now: number;
  readonly w: PageSay<AlertWord>;
  readonly speech: Speech;
}

/** What burns is beside the point where there is no data. */
function Figures({ alert: { figures, since, cause }, now, w, speech: { numbers, times } }: FiguresProps) {
  const burns = cause === undefined;
  const { pair, long, budget, exhaustion, spent_ratio, window_secs } = figures;
  const told = numbers.timesApart(long.rate ?? 0, pair.factor);
  const span = { long: times.shortSpan(pair.long_secs), short: times.shortSpan(pair.short_secs) };
  return (
    <>
      {burns && (
        <Figure
          name={w('burning')}
          value={long.rate === undefined ? '–' : told.rate}
          base={w('burning_base', { ...span, tier: pair.tier, factor: told.factor })}
        />
      )}
      <Figure
        name={w('since')}
        value={<time dateTime={isoMoment(since)}>{times.shortMoment(since)}</time>}
        long
        base={w('since_base', { age: times.age((now - since) / 1000) })}
      />
      {burns && (
        <Figure
          name={w('spent')}
          value={numbers.percent(spent_ratio)}
          base={w('spent_base', { long: span.long, window: times.span(window_secs) })}
        />
      )}
      <Figure
        name={w('left')}
        value={budget.left_ratio === undefined ? '–' : numbers.percent(budget.left_ratio, 0)}
        base={budgetBase(budget, w, numbers)}
      />
      {burns && (
        <Figure
          name={w('gone')}
          value={exhaustion.kind === 'at' ? times.shortMoment(exhaustion.time) : w(`gone_${exhaustion.kind}`)}
          long
          base={exhaustion.kind === 'at' ? w('gone_base') : ''}
        />
      )}
    </>
  );
}

function budgetBase(
  { left, allowed }: AlertFigures['budget'],
  w: FiguresProps['w'],
  numbers: Speech['numbers'],
): string {
  const args = { allowed: numbers.amount(allowed) };
  return left < 0
    ? w('left_over', { ...args, over: numbers.amount(-left) })
    : w('left_base', { ...args, left: numbers.amount(left) });
}

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly base: string;
  /** A date is longer than a number. */
  readonly long?: boolean;
}

function Figure({ name, value, base, long = false }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={long ? 'figure figure-long' : 'figure'}>{value}</dd>
      <dd class="base">{base}</dd>
    </div>
  );
}

function Timeline({ alert }: { readonly alert: Alert }) {
  const { say, times } = useSpeech();
  const w = usePageWords(alertWords);
  return (
    <details>
      <summary>{w('events')}</summary>
      <ol class="alert-words">
        {alert.timeline.map(({ kind, time }) => (
          <li key={`${time} ${kind}`}>
            <time dateTime={isoMoment(time)}>{times.moment(time)}</time>: {say(`alert_event_${kind}`)}
          </li>
        ))}
      </ol>
    </details>
  );
}
