import type { SloStatus } from './slo.ts';

/** What tells apart SLOs of one title: only the parts in which they differ, or the id where no part does. */
export interface SloDistinction {
  readonly service?: string;
  readonly objective?: number;
  readonly threshold_secs?: number;
  readonly window?: SloStatus['window'];
  readonly id?: string;
}

/** What a name is made of. */
export type NamedSlo = Pick<SloStatus, 'id' | 'title' | 'service' | 'objective' | 'threshold_secs' | 'window'>;

/** Each part as a text that is the same for two SLOs exactly when they do not differ in it. */
const PARTS = {
  service: ({ service }: NamedSlo) => service,
  objective: ({ objective }: NamedSlo) => String(objective),
  threshold_secs: ({ threshold_secs }: NamedSlo) => String(threshold_secs),
  window: ({ window: { duration_secs, calendar } }: NamedSlo) =>
    JSON.stringify([duration_secs, calendar?.every, calendar?.unit, calendar?.zone]),
} as const;
const KEYS = ['service', 'objective', 'threshold_secs', 'window'] as const;

/** By id, for those SLOs whose title another one has too. */
export function sloDistinctions(slos: readonly NamedSlo[]): ReadonlyMap<string, SloDistinction> {
  const namesakes = new Map<string, NamedSlo[]>();
  for (const slo of slos) {
    const others = namesakes.get(slo.title);
    if (others === undefined) namesakes.set(slo.title, [slo]);
    else others.push(slo);
  }
  return new Map([...namesakes.values()].filter(({ length }) => length > 1).flatMap(distinguished));
}

function distinguished(slos: readonly NamedSlo[]): readonly (readonly [string, SloDistinction])[] {
  const differing = KEYS.filter((key) => new Set(slos.map(PARTS[key])).size > 1);
  const texts = slos.map((slo) => JSON.stringify(differing.map((key) => PARTS[key](slo))));
  return slos.map((slo, i) => {
    const parts = Object.fromEntries(differing.flatMap((key) => (slo[key] === undefined ? [] : [[key, slo[key]]])));
    const isAlone = texts.indexOf(texts[i] ?? '') === texts.lastIndexOf(texts[i] ?? '');
    return [slo.id, isAlone ? parts : { ...parts, id: slo.id }];
  });
}
