import { nearestWord } from '../../server/model/nearest-word.ts';
import type { FileRemark } from '../files/yaml-file.ts';
import { EVERY_SERVICE } from './gate-policy.ts';

/** A service that a policy names, and where. */
export interface PolicedService {
  readonly name: string;
  readonly at: FileRemark;
}

/** Each service has one policy: the first holder keeps it. */
export function heldTwice(named: readonly PolicedService[]): readonly FileRemark[] {
  const holders = new Map<string, FileRemark>();
  return named.flatMap(({ name, at }) => {
    const holder = holders.get(name);
    if (holder !== undefined) return [{ ...at, message: twiceText(name, holder) }];
    holders.set(name, at);
    return [];
  });
}

function twiceText(service: string, { file, line }: FileRemark): string {
  return `service ${JSON.stringify(service)} has a policy in ${file}:${line} already; want one for each`;
}

/**
 * Services of policies that are none of `known`: a name misspelt would be released under no policy at all. It may still be right, since
 * services come from collectors as well.
 */
export function unknownServices(named: readonly PolicedService[], known: readonly string[]): readonly FileRemark[] {
  const strange = named.filter(({ name }) => name !== EVERY_SERVICE && !known.includes(name));
  return strange.map(({ name, at }) => ({ ...at, message: unknownText(name, known) }));
}

function unknownText(name: string, known: readonly string[]): string {
  const near = nearestWord(name, known);
  const there = [...new Set(known)].sort().join(', ') || 'none';
  const hint = near === undefined ? `there is ${there}` : `did you mean ${JSON.stringify(near)}?`;
  return `no SLO and no source is of service ${JSON.stringify(name)}; ${hint}`;
}
