import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { REASON_CODES, SLO_STATES } from '../../server/model/slo.ts';
import { en } from '../../server/model/words/en.ts';
import { fr } from '../../server/model/words/fr.ts';

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** Every argument a message takes, with those inside its choices. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const walk = (nodes: Ast): void => {
    for (const node of nodes) {
      if (!('value' in node) || node.type === 0) continue;
      names.add(String(node.value));
      if ('options' in node) for (const option of Object.values(node.options)) walk(option.value);
    }
  };
  walk(new IntlMessageFormat(message, 'en').getAst());
  return [...names].sort();
}

/** French has a name with its preposition under a name of its own (`words/elision.ts`). */
function withoutElisions(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.replace(/^de_/, '')))].sort();
}

test('French has exactly the keys of English', () => expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort()));

describe('a message takes the same arguments in both languages', () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    test(key, () => expect(withoutElisions(placeholders(fr[key]))).toEqual(placeholders(en[key])));
  }
});

test('there is no reason and no state without words', () => {
  for (const code of REASON_CODES) expect(en).toHaveProperty(`reason_${code}`);
  for (const state of SLO_STATES) expect(en).toHaveProperty(`state_${state}`);
  expect(Object.keys(en).filter((key) => key.startsWith('reason_'))).toHaveLength(REASON_CODES.length);
});

test('French has its narrow spaces, so that no sign begins a line', () => {
  for (const message of Object.values(fr)) expect(message).not.toMatch(/[^,}] [;?!%](\s|$)/);
});
