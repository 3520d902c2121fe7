import type { CalendarUnit } from '../../server/model/slo.ts';
import { DAY, formatDuration, HOUR, MINUTE, type Ms } from '../../server/model/units.ts';
import { printWindow } from '../files/window-schema.ts';
import { isRecord, type Path } from '../files/yaml-file.ts';
import type { SloWindow } from '../slo-window.ts';
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
export function openWindow(windows: OpenSlo['spec']['timeWindow'], remarks: Remarks): { readonly window?: unknown } {
  const at: Path = ['spec', 'timeWindow'];
  const [window] = windows;
  if (window === undefined || windows.length > 1) {
    remarks.refuse(at, `got ${windows.length} windows; want exactly one`);
    return {};
  }
  const { duration, calendar, isRolling = calendar === undefined } = window;
  if (isRolling === (calendar !== undefined)) {
    const got = isRolling ? 'isRolling: true and calendar' : 'neither isRolling: true nor calendar';
    remarks.refuse([...at, 0], `got ${got}; want one of them`);
    return {};
  }
  const read = calendar === undefined ? rollingWindow : calendarWindow(calendar);
  const length = read(duration, [...at, 0], remarks);
  return length === undefined ? {} : { window: length };
}

function rollingWindow(duration: string, at: Path, remarks: Remarks): string | undefined {
  const length = openDuration(duration, [...at, 'duration'], remarks);
  const isMinutes = duration.endsWith('m') && Number.parseInt(duration, 10) < 60;
  if (length === undefined || !isMinutes) return length;
  const message = `got ${duration}, which is minutes; want at least 1h (a month would be 1M)`;
  return remarks.refuse([...at, 'duration'], message);
}

type OpenCalendar = NonNullable<OpenSlo['spec']['timeWindow'][number]['calendar']>;

/** Letters of the shorthand and the units of our calendar. */
const UNITS: Readonly<Record<string, CalendarUnit>> = { d: 'day', w: 'week', M: 'month', Q: 'quarter', Y: 'year' };

function calendarWindow({ startTime, timeZone: zone }: OpenCalendar) {
  return (duration: string, at: Path, remarks: Remarks): object | undefined => {
    const [, count, letter = ''] = SHORTHAND.exec(duration) ?? [];
    const unit = UNITS[letter];
    if (unit === undefined)
      return remarks.refuse([...at, 'duration'], `got ${JSON.stringify(duration)}; want days or more, such as 1M`);
    const [, from, time] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(startTime) ?? [];
    if (from === undefined || !/^(?:00:00(?::00)?)?$/.test(time ?? '')) {
      const message = `got ${JSON.stringify(startTime)}; periods begin at midnight, want a day such as "2026-01-01 00:00:00"`;
      return remarks.refuse([...at, 'calendar', 'startTime'], message);
    }
    const calendar = count === '1' ? unit : `${count} ${unit}s`;
    return { calendar, zone, ...(from !== usualStart(unit) && { from }) };
  };
}

/** What stands for a period that begins where the calendar has it: OpenSLO wants a day in any case. */
function usualStart(unit: CalendarUnit): string {
  return unit === 'week' ? '1970-01-05' : '1970-01-01';
}

/** A window of ours as OpenSLO says it. Throws for a length it has no word for. */
export function printOpenWindow(window: SloWindow): object {
  if (window.kind === 'rolling') return { duration: printOpenDuration(window.length), isRolling: true };
  const letter = Object.keys(UNITS).find((key) => UNITS[key] === window.unit);
  const { from = usualStart(window.unit) } = writtenCalendar(window);
  const calendar = { startTime: `${from} 00:00:00`, timeZone: window.zone };
  return { duration: `${window.every}${letter}`, calendar, isRolling: false };
}

function writtenCalendar(window: SloWindow): { readonly from?: string } {
  const written = printWindow(window);
  return isRecord(written) && typeof written.from === 'string' ? { from: written.from } : {};
}

/** One number and one unit. */
export function printOpenDuration(duration: Ms): string {
  const units = [['d', DAY] as const, ['h', HOUR] as const, ['m', MINUTE] as const];
  const unit = units.find(([, size]) => duration % size === 0);
  if (unit !== undefined) return `${duration / unit[1]}${unit[0]}`;
  throw new Error(`OpenSLO has no lengths below a minute; got ${formatDuration(duration)}`);
}
