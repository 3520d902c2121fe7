import { LOG_LEVELS, type LogLine, levelGroup } from '../../server/model/logs.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { usePageWords } from '../words/page-words.ts';
import { ExcerptText } from './line-text.tsx';
import { useLineTime } from './line-time.ts';
import { excerpt, visibleText } from './visible-text.ts';
import { logWords } from './words.ts';

/** A line without more: around another one. */
export function PlainLine({ line, current }: { readonly line: LogLine; readonly current: string | undefined }) {
  return (
    <li class={`log-line ${levelClass(line)}`} aria-current={current === undefined ? undefined : 'true'}>
      <div class="log-plain">
        <LineHead line={line} />
        <span class="log-text">
          {current !== undefined && <span class="spoken">{current}: </span>}
          <ExcerptText of={excerpt(line.text, [])} />
        </span>
      </div>
    </li>
  );
}

/** When, how bad, and who wrote it. */
export function LineHead({ line }: { readonly line: LogLine }) {
  const time = useLineTime();
  return (
    <>
      <time class="log-time" dateTime={isoMoment(line.time)}>
        {time.second(line.time)}
      </time>
      <span class="log-level">{line.level ?? <NoLevel />}</span>
      <span class="log-writer">{visibleText(writerOf(line))}</span>
    </>
  );
}

function NoLevel() {
  const w = usePageWords(logWords);
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="spoken">{w('level_none')}</span>
    </>
  );
}

/** The program, or the service, and the machine when it is told. */
function writerOf({ labels }: LogLine): string {
  const name = labels.app ?? labels.service ?? labels.source ?? '';
  return labels.host === undefined ? name : `${labels.host} ${name}`;
}

/** The class that gives a line the colour of its level. */
export function levelClass({ level }: LogLine): string {
  return `group-${levelGroup(level === undefined ? -1 : LOG_LEVELS.indexOf(level))}`;
}
