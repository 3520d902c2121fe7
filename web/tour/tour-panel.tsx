import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { DemoStory } from '../../server/model/demo.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { recallPlace, rememberPlace, type TourPlace } from './tour-place.ts';
import { type TourStep, tourSteps } from './tour-steps.ts';
import { tourWords } from './words.ts';
import '../style/tour.css';

const tabStorage = (): Storage => sessionStorage;

/**
 * The guided tour of the demo: beside the page, never over what it shows for good; `Esc` closes, arrows turn its pages, and each step
 * brings the page it speaks of.
 */
export function TourPanel({ story }: { readonly story: DemoStory }) {
  const say = usePageWords(tourWords);
  const steps = tourSteps(story);
  const [place, setPlace] = useState(() => recallPlace(tabStorage, steps.length));
  const panel = useRef<HTMLElement>(null);
  const asked = useRef(false);
  const { url, route } = useLocation();
  const go = (next: TourPlace): void => {
    asked.current = true;
    rememberPlace(tabStorage, next);
    setPlace(next);
  };
  // The button that was pressed may be gone: the keyboard goes on at what took its place.
  useLayoutEffect(() => {
    if (asked.current) panel.current?.focus();
  }, [place.open]);
  // Where a step has no room it is scrolled; the next one begins at its top.
  useLayoutEffect(() => panel.current?.querySelector('.tour-step')?.scrollTo(0, 0), [place.step]);
  const step = steps[place.step];
  if (!place.open || step === undefined) {
    return (
      <aside class="tour tour-closed" ref={panel} tabIndex={-1} aria-label={say('tour')}>
        <button type="button" onClick={() => go({ ...place, open: true })}>
          {say('open')}
        </button>
      </aside>
    );
  }
  const turn = (by: number): void => {
    const next = place.step + by;
    const shown = steps[next]?.links[0]?.href;
    if (shown === undefined) return;
    go({ step: next, open: true });
    if (shown !== url) route(shown);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') go({ ...place, open: false });
    else if (event.key === 'ArrowLeft') turn(-1);
    else if (event.key === 'ArrowRight') turn(1);
  };
  return (
    <aside class="tour" ref={panel} tabIndex={-1} aria-label={say('tour')} onKeyDown={onKeyDown}>
      <p class="tour-head">
        <span>{say('place', { step: place.step + 1, steps: steps.length })}</span>
        <button type="button" onClick={() => go({ ...place, open: false })}>
          {say('close')}
        </button>
      </p>
      <StepText step={step} />
      <p class="tour-turn">
        <button type="button" aria-disabled={place.step === 0} onClick={() => turn(-1)}>
          {say('previous')}
        </button>
        <button type="button" aria-disabled={place.step === steps.length - 1} onClick={() => turn(1)}>
          {say('next')}
        </button>
      </p>
    </aside>
  );
}

function StepText({ step }: { readonly step: TourStep }) {
  const say = usePageWords(tourWords);
  const { times } = useSpeech();
  return (
    <div class="tour-step" aria-live="polite">
      <h2>{say(step.title)}</h2>
      {step.time !== undefined && <p class="tour-time">{times.moment(step.time)}</p>}
      <p class="tour-text">{say(step.text)}</p>
      <ul>
        {step.links.map(({ text, href }) => (
          <li key={href}>
            <a href={href}>{say(text)}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
