import type { ComponentChildren } from 'preact';
import type { Alert, AlertFigures } from '../../server/model/alerts.ts';
import type { SloUnit } from '../../server/model/slo.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { budgetLeftText } from '../format/budget-left.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { alertWords } from './words.ts';

interface AlertFigureListProps {
  readonly alert: Alert;
  /** The server's time, ms. */
  readonly now: number;
}

/** The arithmetic of an alert in a row: what burns, since when, spent, left, how long it lasts. Without data only some of it is known. */
export function AlertFigureList({ alert, now }: AlertFigureListProps) {
  const burns = alert.cause === undefined;
  const over = alert.state === 'resolved';
  return (
    <dl class="figures alert-figures">
      {burns && <BurnFigure figures={alert.figures} over={over} />}
      <SinceFigure alert={alert} now={now} />
      {burns && <SpentFigure figures={alert.figures} />}
      <LeftFigure figures={alert.figures} unit={alert.unit} over={over} />
      {burns && !over && <GoneFigure figures={alert.figures} />}
    </dl>
  );
}

interface FiguresProps {
  readonly figures: AlertFigures;
  /** Whether it is told of an alert that is over. */
  readonly over?: boolean;
}

function BurnFigure({ figures: { pair, long }, over = false }: FiguresProps) {
  const { numbers, times } = useSpeech();
  const w = usePageWords(alertWords);
  const told = numbers.timesApart(long.rate ?? 0, pair.factor);
  const windows = { long: times.shortSpan(pair.long_secs), short: times.shortSpan(pair.short_secs) };
  return (
    <Figure
      name={w(over ? 'burned' : 'burning')}
      value={long.rate === undefined ? '–' : told.rate}
      base={w('burning_base', { ...windows, tier: pair.tier, factor: told.factor })}
    />
  );
}

function SinceFigure({ alert: { since, resolved }, now }: AlertFigureListProps) {
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  return (
    <Figure
      name={w('since')}
      value={<time dateTime={isoMoment(since)}>{times.shortMoment(since)}</time>}
      long
      base={w('since_base', { age: times.age(((resolved ?? now) - since) / 1000) })}
    />
  );
}

function SpentFigure({ figures: { pair, spent_ratio, window_secs } }: FiguresProps) {
  const { numbers, times } = useSpeech();
  const w = usePageWords(alertWords);
  const base = w('spent_base', { long: times.shortSpan(pair.long_secs), window: times.span(window_secs) });
  return <Figure name={w('spent')} value={numbers.percent(spent_ratio)} base={base} />;
}

interface LeftFigureProps extends FiguresProps {
  readonly unit: SloUnit | undefined;
}

function LeftFigure({ figures: { budget }, unit: what = 'requests', over = false }: LeftFigureProps) {
  const speech = useSpeech();
  const { numbers } = speech;
  const w = usePageWords(alertWords);
  const { left, left_ratio } = budget;
  const allowed = numbers.amount(budget.allowed);
  const base =
    left < 0
      ? w('left_over', { what, allowed, over: numbers.amount(-left) })
      : w('left_base', { what, allowed, left: numbers.amount(left) });
  const value = left_ratio === undefined ? '–' : budgetLeftText(left_ratio, speech);
  return <Figure name={w(over ? 'left_then' : 'left')} value={value} base={base} />;
}

function GoneFigure({ figures: { exhaustion } }: FiguresProps) {
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  const known = exhaustion.kind === 'at';
  const value = known ? times.shortMoment(exhaustion.time) : w(`gone_${exhaustion.kind}`);
  return <Figure name={w('gone')} value={value} long base={known ? w('gone_base') : ''} />;
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
