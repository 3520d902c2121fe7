/** A time of the week on the wall; weekdays count from Sunday, 0. */
export interface WeekTime {
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Reads "Fri 16:00"; undefined when it is of another kind. Throws an Error for a weekday or a time that does not exist. */
export function weekTimeOf(text: string): WeekTime | undefined {
  const [, day, hour, minute] = /^([A-Za-z]{3,})\s+(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  const weekday = WEEKDAYS.findIndex((name) => name.startsWith(day.toLowerCase()));
  if (weekday < 0) throw new Error(`got ${JSON.stringify(text)}; want a weekday such as "Fri 16:00"`);
  const time = { weekday, hour: Number(hour), minute: Number(minute) };
  if (time.hour > 23 || time.minute > 59) throw new Error(`got ${JSON.stringify(text)}; want a time of 00:00 to 23:59`);
  return time;
}
