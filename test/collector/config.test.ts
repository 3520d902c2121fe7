import { describe, expect, test } from 'vitest';
import { type CollectorConfigInput, collectorConfigSchema } from '../../collector/config.ts';
import { expandInputs } from '../../collector/input-globs.ts';
import { checkTopology, checkWiring, topologyWarnings } from '../../collector/topology-check.ts';

const GOOD = {
  sources: { log: { type: 'file', include: ['/var/log/*.log'] }, host: { type: 'host_metrics' } },
  transforms: { parsed: { type: 'parse', inputs: ['log'] }, metrics: { type: 'log_to_metric', inputs: ['parsed'] } },
  sinks: { server: { type: 'vigie', inputs: ['metrics', 'host'] } },
} satisfies CollectorConfigInput;

describe('what the schema refuses', () => {
  const refuses = (what: string, config: object, path: (string | number)[]): void => {
    test(what, () => {
      const result = collectorConfigSchema.safeParse(config);
      expect(result.error?.issues[0]?.path).toEqual(path);
    });
  };
  const source = (options: object): object => ({ sources: { log: { type: 'file', include: ['/a'], ...options } } });
  refuses('an id with a dot', { sources: { 'a.b': { type: 'host_metrics' } } }, ['sources', 'a.b']);
  refuses('an unknown component', { sources: { log: { type: 'carrier_pigeon' } } }, ['sources', 'log', 'type']);
  refuses('an unknown key', source({ incldue: [] }), ['sources', 'log']);
  refuses('a relative path', source({ include: ['a.log'] }), ['sources', 'log', 'include', 0]);
  refuses('a duration without a unit', source({ poll: '250' }), ['sources', 'log', 'poll']);
  refuses('a duration out of bounds', source({ poll: '9ms' }), ['sources', 'log', 'poll']);
  refuses('a size without a unit', source({ max_line: '100' }), ['sources', 'log', 'max_line']);
  const metrics = (metric: object): object => ({
    transforms: { m: { type: 'log_to_metric', inputs: ['x'], metrics: [metric] } },
  });
  const at = ['transforms', 'm', 'metrics', 0];
  refuses('a metric without a proper name', metrics({ type: 'counter', name: 'a b' }), [...at, 'name']);
  refuses('a tag of two fields', metrics({ type: 'counter', name: 'a', tags: { x: '{{a}}{{b}}' } }), [
    ...at,
    'tags',
    'x',
  ]);
  refuses('buckets that fall', metrics({ type: 'histogram', name: 'a', field: 'b', buckets: [1, 1] }), [
    ...at,
    'buckets',
  ]);
  refuses('the tag le', metrics({ type: 'histogram', name: 'a', field: 'b', tags: { le: '1' } }), [...at, 'tags']);
});

test('durations and sizes become milliseconds and bytes', () => {
  const { sources, sinks } = collectorConfigSchema.parse(GOOD);
  expect(sources.log).toMatchObject({ max_line: 102_400, read_block: 4_194_304 });
  expect(sources.host).toMatchObject({ interval: 10_000 });
  expect(sinks.server).toMatchObject({ buffer: { max_size: 536_870_912, when_full: 'block' } });
});

describe('the wiring', () => {
  const tells = (what: string, change: (config: typeof GOOD) => object, want: [string, RegExp][]): void => {
    test(what, () => {
      const config = collectorConfigSchema.parse(change(structuredClone(GOOD)));
      const problems = checkTopology(config);
      expect(problems.map(({ path }) => path.join('.'))).toEqual(want.map(([path]) => path));
      problems.forEach(({ message }, i) => {
        expect(message).toMatch(want[i]![1]);
      });
    });
  };
  const sinks = (inputs: string[]): object => ({ server: { type: 'vigie', inputs } });

  tells('that is right', (config) => config, []);
  tells('an input that is not there', (config) => ({ ...config, sinks: sinks(['metrcs']) }), [
    ['sinks.server.inputs.0', /"metrcs" does not exist; did you mean "metrics"/],
    ['sinks.server.inputs', /no source feeds/],
  ]);
  tells(
    'a sink as input',
    (config) => ({ ...config, sinks: { ...sinks(['host']), c: { type: 'console', inputs: ['server'] } } }),
    [['sinks.c.inputs.0', /"server" is a sink/]],
  );
  tells(
    'a cycle',
    (config) => ({
      ...config,
      transforms: {
        a: { type: 'filter', inputs: ['b', 'log'], where: [{ field: 'x', op: 'equals', value: 1 }] },
        b: { type: 'filter', inputs: ['a'], where: [{ field: 'x', op: 'equals', value: 1 }] },
      },
      sinks: sinks(['host']),
    }),
    [['transforms.b.inputs.0', /cycle: a -> b -> a/]],
  );
  tells('lines at the server, which stores them', (config) => ({ ...config, sinks: sinks(['log', 'parsed']) }), []);
  const parse = { type: 'parse' };
  tells(
    'metrics where lines are wanted',
    (config) => ({ ...config, transforms: { p: { ...parse, inputs: ['host'] } }, sinks: sinks(['p']) }),
    [['transforms.p.inputs.0', /parse takes lines, and "host" gives metrics; read it from a sink/]],
  );
  const filter = { type: 'filter', inputs: ['log'], where: [{ field: 'x', op: 'equals', value: 1 }] };
  tells('lines where fields are wanted', (config) => ({ ...config, transforms: { f: filter }, sinks: sinks(['f']) }), [
    ['transforms.f.inputs.0', /filter takes parsed, and "log" gives lines; put a parse transform between/],
  ]);
  const pattern = { type: 'filter', inputs: ['log'], where: [{ field: 'line', op: 'matches', value: 'failed' }] };
  tells('whole lines', (config) => ({ ...config, transforms: { f: pattern }, sinks: sinks(['f']) }), []);
  tells(
    'two servers',
    (config) => ({ ...config, sinks: { ...config.sinks, two: { type: 'vigie', inputs: ['host'] } } }),
    [['sinks.two', /only one vigie sink/]],
  );
  tells('an id used twice', (config) => ({ ...config, sinks: { log: { type: 'console', inputs: ['host'] } } }), [
    ['sinks.log', /used twice/],
  ]);
  tells('no sink', (config) => ({ ...config, sinks: {} }), [['', /add a sink/]]);
  tells('nothing at all', () => ({}), []);
  tells('a pattern that stands for nothing', (config) => ({ ...config, sinks: sinks(['host', 'discovered_*']) }), []);

  test('what nobody reads is strange, not wrong', () => {
    const config = collectorConfigSchema.parse({ ...GOOD, sinks: sinks(['metrics']) });
    expect(topologyWarnings(config).map(({ path }) => path)).toEqual([['sources', 'host']]);
  });
});

test('patterns in inputs stand for sources and transforms, not for the component itself', () => {
  const config = collectorConfigSchema.parse({ ...GOOD, sinks: { server: { type: 'vigie', inputs: ['*o*', 'm*'] } } });
  expect(expandInputs(config).sinks.server?.inputs).toEqual(['log', 'host', 'metrics']);
});

describe('the wiring of a configuration the schema refuses', () => {
  const tells = (what: string, config: unknown, want: readonly string[]): void => {
    test(what, () => {
      const told = checkWiring(config, ['discovered_*']);
      expect(told.map(({ path, message }) => `${path.join('.')}: ${message.split(';')[0]}`)).toEqual(want);
    });
  };
  const chain = (inputs: unknown) => ({ sources: { log: 7 }, transforms: { parsed: { inputs } } });
  tells('a missing input', chain(['lug']), ['transforms.parsed.inputs.0: the input "lug" does not exist']);
  tells('a cycle', chain(['parsed']), ['transforms.parsed.inputs.0: the components form a cycle: parsed -> parsed']);
  tells('what will be there', chain(['log', 'discovered_*']), []);
  tells('inputs of another shape are not its matter', chain([1, 'lug']), []);
  tells('no map at all', [null], []);
});
