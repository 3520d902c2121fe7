import type { MadeTitle } from '../slo.ts';
import type { Say } from './words.ts';

interface Titled {
  readonly title: string;
  readonly made_title?: MadeTitle;
}

/** The title as somebody wrote it; one that nobody wrote, in the language of `say`. */
export function titleText({ title, made_title }: Titled, say: Say): string {
  if (made_title === undefined) return title;
  const { kind, service, threshold_secs = 0, group } = made_title;
  const whole = say('made_title', { kind, service, longest: threshold_secs * 1000 });
  return group === undefined ? whole : say('made_title_of_group', { title: whole, group });
}
