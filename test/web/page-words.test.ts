import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { alertWords } from '../../web/alerts/words.ts';
import { releaseMarkWords } from '../../web/frame/release-words.ts';
import { graphPageWords } from '../../web/graph/words.ts';
import { logWords } from '../../web/logs/words.ts';
import { changeWords } from '../../web/slo-page/change-words.ts';
import { exclusionFormWords } from '../../web/slo-page/exclusion-form-words.ts';
import { exclusionWords } from '../../web/slo-page/exclusion-words.ts';
import { partWords } from '../../web/slo-page/part-words.ts';
import { releaseWords } from '../../web/slo-page/release-words.ts';
import { sloWords } from '../../web/slo-page/words.ts';
import { statusWords } from '../../web/status-page/words.ts';
import { tourWords } from '../../web/tour/words.ts';
import { trafficWords } from '../../web/traffic/words.ts';
import { webLogPageWords } from '../../web/web-log/words.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

const elementsOf = (message: string): Element[] =>
  new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst();
const LITERAL = elementsOf('text')[0]!.type;

function argumentsOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (element: Element): void => {
    if ('value' in element && element.type !== LITERAL) names.add(String(element.value));
    if ('options' in element) for (const option of Object.values(element.options)) option.value.forEach(visit);
  };
  elementsOf(message).forEach(visit);
  // French says some of them with their preposition: `de_service` is the service.
  return [...new Set([...names].map((name) => name.replace(/^de_/, '')))].sort();
}

describe.each(
  Object.entries({
    alertWords,
    changeWords,
    exclusionFormWords,
    exclusionWords,
    graphPageWords,
    logWords,
    partWords,
    releaseMarkWords,
    releaseWords,
    sloWords,
    statusWords,
    tourWords,
    trafficWords,
    webLogPageWords,
  }),
)('%s', (_name, { en, fr }) => {
  test('French has the keys of English, in their order', () => expect(Object.keys(fr)).toEqual(Object.keys(en)));

  test.each(Object.entries(en))('%s takes the same arguments in both', (key, message) => {
    expect(argumentsOf((fr as Readonly<Record<string, string>>)[key]!)).toEqual(argumentsOf(message));
  });

  test.each(Object.entries(fr))('%s has a narrow space before each double sign', (_key, text) => {
    expect(text.match(/[^\u202f][%:;!?](?=[\s{}]|$)/g) ?? []).toEqual([]);
  });
});
