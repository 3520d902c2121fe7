import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { systemClock } from '../server/model/clock.ts';
import { invariant } from '../server/model/errors.ts';
import { createApi } from './api/client.ts';
import { App } from './app.tsx';
import { createPreferences } from './frame/preferences.ts';
import { createLive } from './live/live.ts';
import { subscribe } from './live/subscribe.ts';
import { loadSpeech } from './words/load-speech.ts';
import type { Speech } from './words/speech.ts';

const api = createApi(window.fetch.bind(window));
const live = createLive({ api, clock: systemClock, subscribe });
const preferences = createPreferences(window);
const services = { api, live };

const speech = signal<Speech | undefined>(undefined);

effect(() => {
  const language = preferences.language.value;
  void loadSpeech(language).then((loaded) => {
    if (preferences.language.value === language) speech.value = loaded;
  });
});

function Root() {
  if (speech.value === undefined) return null;
  return <App services={services} preferences={preferences} speech={speech.value} />;
}

const root = document.getElementById('app');
invariant(root !== null, 'index.html has no #app');
live.start();
// A page that is kept for the back button must not hold the stream, and listens again when it returns.
addEventListener('pagehide', live.stop);
addEventListener('pageshow', (event) => {
  if (event.persisted) live.start();
});
render(<Root />, root);
