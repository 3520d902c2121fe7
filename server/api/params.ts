import type { Request } from 'express';
import { messageOf, VigieError } from '../model/errors.ts';
import { type Ms, ms, parseDuration } from '../model/units.ts';

/** The last moment a Date can hold (ECMA-262, 21.4.1.1); beyond it adding a step need not change the number. */
const MAX_TIME_MS = 8.64e15;

/** A parameter of the query string or of a form; given twice, the first counts. */
export function param(request: Request, name: string): string | undefined {
  const value: unknown = formOf(request)[name] ?? request.query[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

/** Every value of a parameter that may be given several times, such as `match[]`; those of the form first. */
export function listParam(request: Request, name: string): readonly string[] {
  return [formOf(request)[name], request.query[name]]
    .flat()
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

function formOf({ body }: { readonly body?: unknown }): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

export function requiredParam(request: Request, name: string): string {
  const value = param(request, name);
  if (value === undefined) throw invalid(name, 'it is missing');
  return value;
}

/** A moment as Prometheus' API takes it: seconds since the epoch with a fraction, or RFC 3339. Rounded to milliseconds. */
export function timeParam(request: Request, name: string): Ms | undefined {
  const text = param(request, name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const time = Number.isFinite(seconds) ? Math.round(seconds * 1000) : Date.parse(text);
  if (!(Math.abs(time) <= MAX_TIME_MS))
    throw invalid(name, `got ${JSON.stringify(text)}; want seconds since the epoch, or RFC 3339`);
  return ms(time);
}

/** A duration: seconds with a fraction, or `5m`. */
export function durationParam(request: Request, name: string): Ms | undefined {
  const text = param(request, name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Math.abs(seconds) * 1000 > MAX_TIME_MS)
    throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (Number.isFinite(seconds)) return ms(Math.round(seconds * 1000));
  try {
    return parseDuration(text);
  } catch (error) {
    throw invalid(name, messageOf(error));
  }
}

export function invalid(name: string, cause: string): VigieError {
  return new VigieError('bad_request', `cannot read parameter "${name}": ${cause}`);
}
