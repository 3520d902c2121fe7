import { expect, test } from 'vitest';
import type { Batch, LogBatch } from '../../collector/batch.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { expandInputs } from '../../collector/input-globs.ts';
import { createRegistry } from '../../collector/registry.ts';
import { type SinkNode, Topology } from '../../collector/topology.ts';
import { ARRIVED, batchOf, listen } from '../support/log-lines.ts';

const SECOND = Date.UTC(2015, 4, 17, 10, 5, 0);
const line = (status: number, second: number): string =>
  `h - - [17/May/2015:10:05:${String(second).padStart(2, '0')} +0000] "GET / HTTP/1.1" ${status} 1 "-" "-"`;
const LINES = ['torn', line(200, 1), 'torn too', line(503, 3), 'and torn'];

/** A source batch of `lines` at the ends of a pipeline whose queue reads `inputs`; `parse` are options of its parser. */
function arrivalsOf(inputs: string[], parse: object = {}, lines: readonly string[] = LINES) {
  const config = expandInputs(
    collectorConfigSchema.parse({
      sources: { shop: { type: 'file', include: ['/log'] } },
      transforms: {
        access: { type: 'parse', inputs: ['shop'], ...parse },
        errors: { type: 'filter', inputs: ['access'], where: [{ field: 'status', op: 'greater', value: 499 }] },
        requests: { type: 'log_to_metric', inputs: ['access'] },
        web_log: { type: 'web_log', inputs: ['access'], timezone: 'UTC' },
      },
      sinks: { server: { type: 'vigie', inputs }, console: { type: 'console', inputs: ['access'] } },
    }),
  );
  const registry = createRegistry(() => {});
  const told = listen();
  const nodes = Object.entries(config.transforms).map(([id, options]) => ({
    id,
    inputs: options.inputs,
    telemetry: told.context.telemetry,
    transform: registry.transform(options, told.context),
  }));
  const sinks = Object.entries(config.sinks).map(([id, options]): SinkNode => {
    const node = { id, inputs: options.inputs, telemetry: told.context.telemetry };
    return options.type === 'vigie' ? node : { ...node, sink: registry.sink(options) };
  });
  return { ...new Topology(nodes, sinks).run('shop', batchOf(lines, { service: 's' })), told };
}

const textsOf = ({ bytes, start, end, rows }: LogBatch): string[] =>
  Array.from(rows, (row) => bytes.toString('utf8', start[row], end[row]));

/** What is stored, by the label of lines that cannot be parsed. */
function storedIn(queued: readonly Batch[]) {
  const logs = queued.filter((batch) => batch.kind === 'logs');
  const of = (label: string | undefined): string[] =>
    logs.filter(({ attributes }) => attributes.parse_error === label).flatMap(textsOf);
  return { plain: of(undefined).sort(), unparsed: of('true') };
}

const good = [line(200, 1), line(503, 3)];
const torn = ['torn', 'torn too', 'and torn'];
const stores = (inputs: string[], parse: object, plain: string[], unparsed: string[]): void => {
  test(`a sink of ${inputs.join(', ')} ${JSON.stringify(parse)}`, () => {
    expect(storedIn(arrivalsOf(inputs, parse).queued)).toEqual({ plain: plain.sort(), unparsed });
  });
};
stores(['shop'], {}, [...good, ...torn], []);
stores(['access'], {}, good, torn);
stores(['shop', 'access'], {}, good, torn);
stores(['access', 'errors'], {}, good, torn);
stores(['*'], {}, good, torn);
stores(['errors'], {}, [line(503, 3)], []);
stores(['shop', 'errors'], {}, [...good, ...torn], []);
stores(['access'], { drop_on_error: true }, good, []);
stores(['*'], { drop_on_error: true }, [...good, ...torn], []);
stores(['requests'], {}, [], []);

test('a line is stored with the most of its fields, whatever the order of the inputs', () => {
  for (const inputs of [
    ['shop', 'access'],
    ['access', 'shop'],
  ]) {
    const logs = arrivalsOf(inputs).queued.filter((batch) => batch.kind === 'logs');
    const parsed = logs.filter((batch) => batch.fields.has('status'));
    expect(parsed.flatMap(textsOf)).toEqual(good);
  }
});

test('lines that cannot be parsed are counted as drops alone, and shown nowhere', () => {
  const { queued, shown, told } = arrivalsOf(['*']);
  expect([told.parsed, told.unparseable, told.drops]).toMatchObject([2, 3, { no_timestamp: 3 }]);
  const counts = queued.flatMap((batch) => (batch.kind === 'metrics' ? batch.increments.n : []));
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(4);
  expect(queued.flatMap((batch) => (batch.kind === 'hits' ? [batch.lines] : []))).toEqual([2]);
  expect(shown.flatMap(({ batch }) => (batch.kind === 'logs' ? textsOf(batch) : []))).toEqual(good);
});

test('of a batch that cannot be parsed at all only the store is given something', () => {
  const { queued, shown } = arrivalsOf(['access', 'requests', 'web_log'], {}, torn);
  expect([storedIn(queued), queued.length, shown]).toEqual([{ plain: [], unparsed: torn }, 1, []]);
});

const timesOf = (lines: readonly string[], want: readonly number[]): void => {
  test(`times of ${JSON.stringify(lines.map((text) => text.slice(0, 4)))}`, () => {
    const { queued } = arrivalsOf(['access'], {}, lines);
    const [batch] = queued.filter((one) => one.kind === 'logs' && one.attributes.parse_error === 'true') as LogBatch[];
    const column = batch?.fields.get('time');
    const found = Array.from(batch?.rows ?? [], (row) => (column?.type === 'number' ? column.values[row] : ARRIVED));
    expect(found).toEqual(want);
  });
};
timesOf(LINES, [SECOND + 1000, SECOND + 1000, SECOND + 3000]);
timesOf(['torn', 'torn'], [Number.NaN, Number.NaN]);
