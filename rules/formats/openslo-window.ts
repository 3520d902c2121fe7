import type { Path } from '../yaml-file.ts';
import type { Remarks } from './foreign-slo.ts';
import type { OpenSlo } from './openslo-schema.ts';

/** OpenSLO's shorthand: one number and one unit, whose case matters: m is a minute, M a month. */
const SHORTHAND = /^([1-9]\d*)([mhdwMQY])$/;
const CALENDAR_UNITS: Readonly<Record<string, string>> = { M: 'month', Q: 'quarter', Y: 'year' };

/** A length of time as ours writes it; with the same units where they are the same. */
export function openDuration(written: string, at: Path, remarks: Remarks): string | undefined {
  const [, , unit = ''] = SHORTHAND.exec(written) ?? [];
  if (unit === '') return remarks.refuse(at, `got ${JSON.stringify(written)}; want one number and unit, such as 30d`);
  const calendar = CALENDAR_UNITS[unit];
  if (calendar === undefined) return written;
  return remarks.refuse(at, `a ${calendar} has no fixed length: ${written} does not roll; want days, such as 30d`);
}

/** The window of an objective, as entries of ours say it. The list holds exactly one. */
export function openWindow(windows: OpenSlo['spec']['timeWindow'], remarks: Remarks): { readonly window?: string } {
  const at: Path = ['spec', 'timeWindow'];
  const [window] = windows;
  if (window === undefined || windows.length > 1) {
    remarks.refuse(at, `got ${windows.length} windows; want exactly one`);
    return {};
  }
  const { duration, isRolling = window.calendar === undefined, calendar } = window;
  if (calendar !== undefined && isRolling) {
    remarks.refuse([...at, 0], 'got isRolling: true and calendar; want one of them');
    return {};
  }
  if (!isRolling) {
    remarks.refuse(
      [...at, 0, calendar === undefined ? 'isRolling' : 'calendar'],
      'calendar windows are not evaluated; want isRolling: true',
    );
    return {};
  }
  const length = openDuration(duration, [...at, 0, 'duration'], remarks);
  const isMinutes = duration.endsWith('m') && Number.parseInt(duration, 10) < 60;
  if (length !== undefined && isMinutes) {
    remarks.refuse([...at, 0, 'duration'], `got ${duration}, which is minutes; want at least 1h (a month would be 1M)`);
    return {};
  }
  return length === undefined ? {} : { window: length };
}
