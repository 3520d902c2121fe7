// The worker behind all tabs of one browser. A port cannot tell that its tab is gone, so a tab says so itself.
import { systemClock } from '../../server/model/clock.ts';
import { openFeed } from './feed.ts';
import { createHub } from './hub.ts';

const hub = createHub((deliver) => openFeed(systemClock, deliver));

addEventListener('connect', (event: Event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  port.addEventListener('message', () => hub.leave(port));
  port.start();
  hub.join(port);
});
