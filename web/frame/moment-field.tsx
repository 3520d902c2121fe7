import { momentOf, offsetAt } from '../../server/model/zones.ts';

interface MomentFieldProps {
  readonly name: string;
  readonly value: { value: string };
}

/** A date and a time of day by the clocks of the browser's zone. */
export function MomentField({ name, value }: MomentFieldProps) {
  return (
    <label>
      <span>{name}</span>{' '}
      <input
        type="datetime-local"
        required
        value={value.value}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
    </label>
  );
}

/** A moment as the field writes it, to the minute; in the browser's zone unless one is named. */
export function fieldText(time: number, zone?: string): string {
  return new Date(time + offsetAt(time, zone)).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
}

/** Undefined while the field is not filled. */
export function fieldTime(text: string, zone?: string): number | undefined {
  const [year, month, day, hour, minute] = (/^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  return momentOf({ year, month: month - 1, day, hour, minute: minute ?? 0 }, zone);
}
