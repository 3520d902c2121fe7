import type { z } from 'zod';
import { nearestWord } from '../server/model/nearest-word.ts';
import { type Flow, PORTS, sinkSchema, sourceSchema, takenBy, transformSchema } from './component-types.ts';
import type { CollectorConfig } from './config.ts';
import { expandInputs } from './input-globs.ts';

/** Something between components, at a path of the configuration. */
export interface TopologyProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

const SECTIONS = ['sources', 'transforms', 'sinks'] as const;

/** A component as a knot of the graph. */
interface Knot {
  readonly section: (typeof SECTIONS)[number];
  readonly inputs: readonly string[];
}

interface Component extends Knot {
  readonly type: keyof typeof PORTS;
  readonly takes: readonly Flow[];
}

type Graph = ReadonlyMap<string, Knot>;
type Components = ReadonlyMap<string, Component>;

/** Checks what the schema cannot see: inputs that exist, no cycles, lines and metrics where they are wanted, one server. */
export function checkTopology(config: CollectorConfig): TopologyProblem[] {
  const components = componentsOf(config);
  const wiring = [...duplicateIds(config), ...unknownInputs(components), ...cycles(components)];
  return [...wiring, ...wrongFlows(components), ...severalServers(config), ...unfedSinks(config, components)];
}

/**
 * The same of a configuration the schema refuses, as far as it can be read: what is wrong between components is told together with
 * what is wrong inside them. `standIns` are file sources that will be there.
 */
export function checkWiring(value: unknown, standIns: readonly string[]): TopologyProblem[] {
  const graph = graphOf(value, standIns);
  const readable = readableConfig(value);
  const components = new Map([
    ...standIns.map((id) => [id, { section: 'sources', type: 'file', inputs: [], takes: [] }] as const),
    ...componentsOf(readable),
  ]);
  return [
    ...duplicateIds({ sources: {}, transforms: {}, sinks: {}, ...sectionsOf(value) }),
    ...unknownInputs(graph),
    ...cycles(graph),
    ...wrongFlows(components),
    ...severalServers(readable),
  ];
}

function sectionsOf(value: unknown): Partial<Record<(typeof SECTIONS)[number], object>> {
  return Object.fromEntries(SECTIONS.map((section) => [section, childOf(value, section) ?? {}]));
}

/** The components without a mistake of their own. */
function readableConfig(value: unknown): CollectorConfig {
  const read = <T>(section: (typeof SECTIONS)[number], schema: z.ZodType<T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(childOf(value, section) ?? {}).flatMap(([id, written]) => {
        const { data } = schema.safeParse(written);
        return data === undefined ? [] : [[id, data] as const];
      }),
    );
  return {
    sources: read('sources', sourceSchema),
    transforms: read('transforms', transformSchema),
    sinks: read('sinks', sinkSchema),
  };
}

/** What is strange but runs: components nobody reads. */
export function topologyWarnings(config: CollectorConfig): TopologyProblem[] {
  return unused(componentsOf(config));
}

function componentsOf(given: CollectorConfig): Components {
  const config = expandInputs(given);
  const components = new Map<string, Component>();
  // The first of two with one id stands, so that the mistake is told once.
  const add = (id: string, component: Component): void => {
    if (!components.has(id)) components.set(id, component);
  };
  for (const [id, { type }] of Object.entries(config.sources))
    add(id, { section: 'sources', type, inputs: [], takes: [] });
  for (const [id, options] of Object.entries(config.transforms)) {
    const { type, inputs } = options;
    add(id, { section: 'transforms', type, inputs, takes: takenBy(options) });
  }
  for (const [id, { type, inputs }] of Object.entries(config.sinks)) {
    add(id, { section: 'sinks', type, inputs, takes: PORTS[type].takes });
  }
  return components;
}

/** The knots that can be read; inputs that are no list of texts are somebody else's complaint. */
function graphOf(value: unknown, standIns: readonly string[]): Graph {
  const graph = new Map<string, Knot>(standIns.map((id) => [id, { section: 'sources', inputs: [] }]));
  for (const section of SECTIONS) {
    for (const [id, component] of Object.entries(childOf(value, section) ?? {})) {
      const inputs = childOf(component, 'inputs');
      const texts = Array.isArray(inputs) && inputs.every((input) => typeof input === 'string') ? inputs : [];
      if (!graph.has(id)) graph.set(id, { section, inputs: texts.filter((input) => !input.includes('*')) });
    }
  }
  return graph;
}

function childOf(value: unknown, key: string): object | undefined {
  const child: unknown =
    typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
  return typeof child === 'object' && child !== null ? child : undefined;
}

function error(path: (string | number)[], message: string): TopologyProblem {
  return { path, message };
}

function duplicateIds({
  sources,
  transforms,
  sinks,
}: Readonly<Record<(typeof SECTIONS)[number], object>>): TopologyProblem[] {
  const taken = (id: string, others: object[]) => others.some((other) => Object.hasOwn(other, id));
  return [
    ...Object.keys(transforms)
      .filter((id) => taken(id, [sources]))
      .map((id) => ['transforms', id]),
    ...Object.keys(sinks)
      .filter((id) => taken(id, [sources, transforms]))
      .map((id) => ['sinks', id]),
  ].map((path) => error(path, `the id ${JSON.stringify(path[1])} is used twice; give each component its own`));
}

function unknownInputs(components: Graph): TopologyProblem[] {
  const feeders = [...components].filter(([, { section }]) => section !== 'sinks').map(([id]) => id);
  return edges(components)
    .filter(({ from }) => !feeders.includes(from))
    .map(({ path, from }) => {
      const why = components.has(from) ? 'is a sink, and gives nothing' : 'does not exist';
      const near = components.has(from) ? undefined : nearestWord(from, feeders);
      const fix =
        near === undefined
          ? `want one of: ${feeders.join(', ') || '(none yet)'}`
          : `did you mean ${JSON.stringify(near)}?`;
      return error(path, `the input ${JSON.stringify(from)} ${why}; ${fix}`);
    });
}

function edges(components: Graph): { path: (string | number)[]; from: string; to: string }[] {
  return [...components].flatMap(([to, { section, inputs }]) =>
    inputs.map((from, i) => ({ path: [section, to, 'inputs', i], from, to })),
  );
}

/** Depth-first over `inputs`; an edge back into the path being walked closes a cycle. */
function cycles(components: Graph): TopologyProblem[] {
  const problems: TopologyProblem[] = [];
  const done = new Set<string>();
  const walk = (id: string, trail: readonly string[]): void => {
    if (done.has(id)) return;
    const inputs = components.get(id)?.inputs ?? [];
    for (const [i, from] of inputs.entries()) {
      const start = [...trail, id].indexOf(from);
      if (start < 0) {
        walk(from, [...trail, id]);
        continue;
      }
      const loop = [...trail.slice(start), id, from].reverse().join(' -> ');
      problems.push(error(['transforms', id, 'inputs', i], `the components form a cycle: ${loop}`));
    }
    done.add(id);
  };
  for (const id of components.keys()) walk(id, []);
  return problems;
}

/** What stands in a circle has its place to find first. */
function wrongFlows(components: Components): TopologyProblem[] {
  const circle = new Set([...components.keys()].filter((id) => leadsTo(id, id, components)));
  const apart = edges(components).filter(({ to }) => !circle.has(to));
  return apart.flatMap(({ path, from, to }) => {
    const { type, takes = [] } = components.get(to) ?? {};
    const wrong = [...flowsOf(from, components)].find((flow) => !takes.includes(flow));
    if (wrong === undefined) return [];
    const unparsed = wrong === 'lines' && takes.includes('parsed');
    const fix = unparsed ? 'put a parse transform between' : 'read it from a sink';
    return [error(path, `${type} takes ${takes.join(' or ')}, and ${JSON.stringify(from)} gives ${wrong}; ${fix}`)];
  });
}

/** Whether what `id` gives comes, among others, from `from`. */
function leadsTo(id: string, from: string, components: Graph, seen = new Set<string>()): boolean {
  return (components.get(id)?.inputs ?? []).some((input) => {
    if (input === from) return true;
    if (seen.has(input)) return false;
    seen.add(input);
    return leadsTo(input, from, components, seen);
  });
}

/** A circle adds nothing to what flows. */
function flowsOf(id: string, components: Components, seen: readonly string[] = []): Set<Flow> {
  const component = components.get(id);
  if (component === undefined || seen.includes(id)) return new Set();
  const gives = PORTS[component.type].gives;
  if (gives !== undefined) return new Set([gives]);
  return new Set(component.inputs.flatMap((from) => [...flowsOf(from, components, [...seen, id])]));
}

function severalServers({ sinks }: CollectorConfig): TopologyProblem[] {
  const servers = Object.keys(sinks).filter((id) => sinks[id]?.type === 'vigie');
  return servers
    .slice(1)
    .map((id) =>
      error(['sinks', id], `only one vigie sink can be counted exactly; ${JSON.stringify(servers[0])} is one`),
    );
}

function unfedSinks(config: CollectorConfig, components: Components): TopologyProblem[] {
  if (Object.keys(config.sources).length === 0) return [];
  if (Object.keys(config.sinks).length === 0) return [error([], 'nothing is sent anywhere; add a sink')];
  const reaches = (id: string, seen: readonly string[] = []): boolean =>
    components.get(id)?.section === 'sources' ||
    (!seen.includes(id) && (components.get(id)?.inputs ?? []).some((from) => reaches(from, [...seen, id])));
  return Object.keys(config.sinks)
    .filter((id) => !reaches(id))
    .map((id) => error(['sinks', id, 'inputs'], 'no source feeds this sink'));
}

function unused(components: Components): TopologyProblem[] {
  const read = new Set(edges(components).map(({ from }) => from));
  return [...components]
    .filter(([id, { section }]) => section !== 'sinks' && !read.has(id))
    .map(([id, { section }]) => ({
      path: [section, id],
      message: `nothing reads ${JSON.stringify(id)}; name it in the inputs of a sink or transform`,
    }));
}
