import type { WebLogReport } from '../../server/model/web-log.ts';
import { useSpeech } from '../words/speech.ts';
import { visitorsText } from './report-rows.ts';
import { useWebLogWords } from './use-web-log-words.ts';

/** The sums of the range, each with what it means. */
export function ReportFacts({ report }: { readonly report: WebLogReport }) {
  const { numbers } = useSpeech();
  const say = useWebLogWords();
  const { total, visitors, failed, redirected } = report;
  const part = (value: number, note: string): string =>
    total.requests === 0 ? note : `${numbers.percent(value / total.requests)} · ${note}`;
  const estimated = visitors.standard_error > 0;
  const facts = [
    [say('requests'), numbers.count(total.requests), part(total.ok, say('ok').toLowerCase())],
    [say('pages'), numbers.count(total.pages), say('pages_note')],
    [say('bytes'), numbers.bytes(total.bytes), ''],
    [
      say('visitors'),
      visitorsText(visitors, numbers),
      estimated ? say('visitors_estimate', { error: visitors.standard_error }) : say('visitors_exact'),
    ],
    [say('failed'), numbers.count(failed), part(failed, say('failed_note'))],
    [say('redirected'), numbers.count(redirected), part(redirected, say('redirected_note'))],
  ] as const;
  return (
    <dl class="figures hit-facts">
      {facts.map(([name, value, base]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="figure">{value}</dd>
          <dd class="base">{base}</dd>
        </div>
      ))}
    </dl>
  );
}
