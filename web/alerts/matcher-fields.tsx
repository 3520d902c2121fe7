import type { Matcher } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { usePageWords } from '../words/page-words.ts';
import { alertLabelValues } from './alert-label-values.ts';
import { alertWords } from './words.ts';

interface MatcherFieldsProps {
  readonly matchers: readonly Matcher[];
  readonly slos: readonly SloStatus[];
  readonly rules: readonly RuleAlertStatus[];
  readonly onMatchers: (matchers: readonly Matcher[]) => void;
}

const OPS = ['=', '!=', '=~', '!~'] as const;

/** Which alerts are meant: all conditions hold. Values there are now are offered. */
export function MatcherFields({ matchers, slos, rules, onMatchers }: MatcherFieldsProps) {
  const w = usePageWords(alertWords);
  const known = alertLabelValues(slos, rules);
  const change = (at: number, part: Partial<Matcher>): void =>
    onMatchers(matchers.map((matcher, i) => (i === at ? { ...matcher, ...part } : matcher)));
  return (
    <fieldset class="matchers">
      <legend>{w('form_matchers')}</legend>
      {matchers.map(({ name, op, value }, i) => {
        const list = `matcher-${i}`;
        return (
          <div key={list} class="matcher">
            <select
              aria-label={w('form_name')}
              value={name}
              onChange={(event) => change(i, { name: event.currentTarget.value, value: '' })}
            >
              {Object.keys(known).map((label) => (
                <option key={label} value={label}>
                  {label}
                </option>
              ))}
            </select>
            <select
              aria-label={w('form_op')}
              value={op}
              onChange={(event) => {
                const { value: chosen } = event.currentTarget;
                change(i, { op: OPS.find((one) => one === chosen) ?? '=' });
              }}
            >
              {OPS.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
            <input
              type="text"
              class="mono"
              aria-label={w('form_value')}
              value={value}
              list={list}
              required
              spellcheck={false}
              onInput={(event) => change(i, { value: event.currentTarget.value })}
            />
            <datalist id={list}>
              {(known[name] ?? []).map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
            {matchers.length > 1 && (
              <button
                type="button"
                aria-label={w('form_remove', { name })}
                onClick={() => onMatchers(matchers.filter((_, other) => other !== i))}
              >
                ×
              </button>
            )}
          </div>
        );
      })}
      <button type="button" onClick={() => onMatchers([...matchers, { name: 'tier', op: '=', value: 'ticket' }])}>
        {w('form_add')}
      </button>
    </fieldset>
  );
}
