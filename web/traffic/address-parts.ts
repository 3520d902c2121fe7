import { RATE_UNITS, type RateUnit } from '../../server/model/words/number-formats.ts';
import type { AddressPart } from '../frame/address.ts';

/** Networks are sold in bits. */
export const UNIT_PART: AddressPart<RateUnit> = {
  name: 'unit',
  read: (text) => RATE_UNITS.find((unit) => unit === text) ?? 'bits',
  write: (unit) => (unit === 'bits' ? undefined : unit),
};

/** A moment, ms, that pages look back from; in the address in seconds, as in the API. */
export const END_PART: AddressPart<number | undefined> = {
  name: 'end',
  read: (text) => (text === null || !(Number(text) > 0) ? undefined : Number(text) * 1000),
  write: (end) => (end === undefined ? undefined : String(end / 1000)),
};
