import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { bothMarks, type FindMarks, NO_MARKS, patternMarks, textMarks } from './matches.ts';

/** Finds what a search marks. RE2 is code of its own, for those who search by pattern. */
export function useMarks(text: string, regex: string): FindMarks {
  const pattern = useSignal<FindMarks>(NO_MARKS);
  useEffect(() => {
    let gone = false;
    pattern.value = NO_MARKS;
    if (regex !== '') {
      void import('re2js').then(({ RE2JS }) => {
        if (!gone) pattern.value = compiled(() => patternMarks(RE2JS.compile(regex)));
      });
    }
    return () => {
      gone = true;
    };
  }, [regex]);
  const find = pattern.value;
  return useMemo(() => bothMarks(textMarks(text), find), [text, find]);
}

/** A pattern that is wrong marks nothing: the server says what is wrong with it. */
function compiled(make: () => FindMarks): FindMarks {
  try {
    return make();
  } catch {
    return NO_MARKS;
  }
}
