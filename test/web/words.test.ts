import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { en } from '../../web/words/en.ts';
import { fr } from '../../web/words/fr.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** In ICU messages text and the `#` of a plural are the only parts without an argument. */
function argumentsOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (element: Element): void => {
    if ('value' in element && element.type !== LITERAL) names.add(String(element.value));
    if ('options' in element) for (const option of Object.values(element.options)) option.value.forEach(visit);
  };
  elementsOf(message).forEach(visit);
  return [...names].sort();
}

function elementsOf(message: string): Element[] {
  return new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst();
}

const LITERAL = elementsOf('text')[0]!.type;

describe('catalogues', () => {
  test('French has exactly the keys of English, in their order', () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
  });

  test.each(Object.keys(en) as (keyof typeof en)[])('%s takes the same arguments in both', (key) => {
    expect(argumentsOf(fr[key])).toEqual(argumentsOf(en[key]));
  });

  test('no French sentence breaks before its punctuation', () => {
    const broken = Object.values(fr).filter((text) => / [;:!?»]|« /.test(text.replaceAll(/\{[^{}]*\{/g, '{')));
    expect(broken).toEqual([]);
  });
});
