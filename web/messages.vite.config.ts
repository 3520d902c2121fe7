// A build step: the pages carry their messages parsed, and so no parser, which is larger than all they say on a first view.
import { IntlMessageFormat } from 'intl-messageformat';
import { type Plugin, runnerImport } from 'vite';

/** Modules whose exports are messages and nothing else, in objects of any depth. */
const WORDS = /\/(?:words\/(?:en|fr|web-log)|web\/[^/]+\/(?:(?:change|exclusion(?:-form)?|part|release)-)?words)\.ts$/;

/** Replaces each ICU message that takes arguments by its syntax tree, as `messageFormatter` takes it too. */
export function compiledMessages(): Plugin {
  return {
    name: 'compiled-messages',
    enforce: 'pre',
    config: () => ({
      resolve: { alias: { '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/no-parser.js' } },
    }),
    load: {
      filter: { id: WORDS },
      async handler(id) {
        const { module, dependencies } = await runnerImport<object>(id);
        for (const dependency of dependencies) this.addWatchFile(dependency);
        const exported = Object.entries(module).map(([name, words]) => `export const ${name} = ${compiled(words)};`);
        return { code: exported.join('\n'), moduleType: 'js' };
      },
    },
  };
}

function compiled(words: object): string {
  return JSON.stringify(words, (_key, value: unknown) => (typeof value === 'string' ? parsed(value) : value));
}

/** Words hold text alone: a tag in them is text too. What no argument stands in stays as it is. */
function parsed(message: string) {
  return message.includes('{')
    ? new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst()
    : message;
}
