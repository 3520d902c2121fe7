import { useMemo } from 'preact/hooks';
import { useSpeech } from '../words/speech.ts';

/** Moments as log lines need them, in the reader's zone; ms since the epoch. */
export interface LineTime {
  minute(time: number): string;
  second(time: number): string;
  /** With milliseconds. */
  exact(time: number): string;
}

export function useLineTime(): LineTime {
  const { language, zone } = useSpeech();
  return useMemo(() => lineTime(language, zone), [language, zone]);
}

export function lineTime(language: string, zone: string | undefined): LineTime {
  const day = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const formats = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { ...day, ...options, ...(zone && { timeZone: zone }) });
    return (time: number) => format.format(time);
  };
  return {
    minute: formats({}),
    second: formats({ second: '2-digit' }),
    exact: formats({ second: '2-digit', fractionalSecondDigits: 3 }),
  };
}
