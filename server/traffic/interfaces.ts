import type { Matcher, Selector, SeriesSlots } from '../model/engine.ts';

/** The series of one interface; Vector's names, and node_exporter's for the speed (bytes per second). */
const RECEIVED = 'host_network_receive_bytes_total';
const TRANSMITTED = 'host_network_transmit_bytes_total';
const SPEED = 'host_network_speed_bytes';

export interface InterfaceSlots {
  readonly host: string;
  readonly device: string;
  readonly in?: SeriesSlots;
  readonly out?: SeriesSlots;
  readonly speed?: SeriesSlots;
}

const NAMES: Matcher = { name: '__name__', op: '=~', value: [RECEIVED, TRANSMITTED, SPEED].join('|') };

/** Selects the series of every interface, or of one. */
export function interfaceSelector(one?: { readonly host: string; readonly device: string }): Selector {
  if (one === undefined) return [NAMES];
  return [NAMES, { name: 'host', op: '=', value: one.host }, { name: 'device', op: '=', value: one.device }];
}

/** Series grouped by host and device. What counts no bytes is no interface. */
export function interfacesOf(series: readonly SeriesSlots[]): InterfaceSlots[] {
  const found = new Map<string, InterfaceSlots>();
  for (const slots of series) {
    const { host = '', device = '' } = slots.labels;
    const key = JSON.stringify([host, device]);
    const part = { [RECEIVED]: { in: slots }, [TRANSMITTED]: { out: slots }, [SPEED]: { speed: slots } }[slots.name];
    found.set(key, { host, device, ...found.get(key), ...part });
  }
  return [...found.values()].filter((one) => one.in !== undefined || one.out !== undefined);
}

/** Bytes per second one direction carries: what was measured last. */
export function capacityOf({ speed }: InterfaceSlots): number | undefined {
  return speed?.last.at(-1);
}

export function newestOf({ in: received, out }: InterfaceSlots): number | undefined {
  const known = [received?.newest, out?.newest].filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
