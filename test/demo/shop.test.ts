import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InterfaceCounters, readingsOf } from '../../server/main/demo/interfaces.ts';
import { frameOf, messagesIn } from '../../server/main/demo/messages.ts';
import { requestsIn } from '../../server/main/demo/requests.ts';
import { busyness, minutesBetween, Rhythm } from '../../server/main/demo/rhythm.ts';
import { type DemoPlan, MIN_DAYS, storyOf, within } from '../../server/main/demo/story.ts';
import type { Window } from '../../server/model/engine.ts';
import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';

const END = ms(Date.UTC(2026, 10, 21, 8, 30));
const PLAN: DemoPlan = { seed: 7, days: MIN_DAYS, lines: 30_000, end: END };

function linesOf(plan: DemoPlan, window: Window) {
  const rhythm = new Rhythm(plan);
  return [...minutesBetween(window.start, window.end)].flatMap((minute) => requestsIn(rhythm, plan.seed, minute));
}

describe('the shop', () => {
  const story = storyOf(PLAN);
  const all = linesOf(PLAN, story);
  const of = (service: string, window: Window) =>
    all.filter((line) => line.service === service && within(line.time, window));
  const failed = (lines: readonly { readonly text: string }[]): number =>
    lines.filter(({ text }) => / HTTP\/1\.1" 5\d\d /.test(text)).length / lines.length;

  test('has as many requests as were asked for, and the beta brings its own alone', () => {
    const shop = all.filter(({ service }) => service !== 'newsletter');
    const beta = shop.filter(({ text }) => text.startsWith('beta.'));
    expect(shop.length - beta.length).toBe(PLAN.lines);
    expect(beta.every(({ service, time }) => service === 'shop' && time >= story.beta)).toBe(true);
    expect(shop.filter(({ time }) => time >= story.beta).length).toBeGreaterThanOrEqual(20 * 60);
  });

  test('writes lines as Apache does, in the order of time', () => {
    const wanted =
      /^[a-z0-9.]+:443 [0-9a-f.:]+ - - \[\d\d\/\w{3}\/2026:\d\d:\d\d:\d\d \+0000\] "[A-Z]+ \/\S* HTTP\/1\.1" \d{3} (\d+|-) "[^"]+" "[^"]+" \d+\n$/;
    expect(all.filter(({ text }) => !wanted.test(text))).toEqual([]);
    for (const host of ['web-1', 'web-2']) {
      const times = all.filter((line) => line.host === host).map(({ time }) => time);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  test('is the same for the same seed, another for another', () => {
    const day = { start: story.start, end: ms(story.start + 6 * HOUR) };
    expect(linesOf(PLAN, day)).toEqual(linesOf({ ...PLAN }, day));
    expect(linesOf({ ...PLAN, seed: 8 }, day)).not.toEqual(linesOf(PLAN, day));
  });

  test('goes on behind its end as it would have been asked at once', () => {
    const [from, to] = [END, ms(END + 3 * MINUTE)];
    const halves = [
      ...linesOf(PLAN, { start: from, end: ms(END + MINUTE) }),
      ...linesOf(PLAN, { start: ms(END + MINUTE), end: to }),
    ];
    expect(halves).toEqual(linesOf(PLAN, { start: from, end: to }));
    expect(halves.length).toBeGreaterThanOrEqual(180);
  });

  test('tells its story in its lines', () => {
    expect(failed(of('checkout', story.deploy))).toBeGreaterThan(0.03);
    expect(failed(of('shop', story.outage))).toBeGreaterThan(0.15);
    expect(failed(of('shop', story.burn))).toBeGreaterThan(0.05);
    expect(failed(all)).toBeLessThan(0.01);
    expect(all.filter(({ time, service }) => within(time, story.quiet) && service !== 'newsletter')).toEqual([]);
    expect(all.filter(({ time, service }) => service === 'newsletter' && time >= story.mail_silent + MINUTE)).toEqual(
      [],
    );
    expect(all.some(({ text }) => text.startsWith('beta.'))).toBe(true);
    expect(all.findLast(({ text }) => text.startsWith('v1.'))?.time).toBeLessThan(story.retired);
  });
});

test('chapters lie in the past and in their order, whatever the hour and the length', () => {
  const moments = fc.record({ days: fc.integer({ min: MIN_DAYS, max: 100 }), minute: fc.nat(3_000_000) });
  fc.assert(
    fc.property(moments, ({ days, minute }) => {
      const end = ms(END + minute * MINUTE);
      const { start, leak, sale, deploy, quiet, outage, silence, burn, retired } = storyOf({ ...PLAN, days, end });
      const chapters = [leak, sale, quiet, outage, burn];
      const borders = [start, ...chapters.flatMap((chapter) => [chapter.start, chapter.end]), end];
      expect(borders).toEqual(borders.toSorted((a, b) => a - b));
      expect(within(deploy.start, sale) && within(silence.start, outage) && retired > start && retired < end).toBe(
        true,
      );
      expect(silence.end).toBeLessThanOrEqual(burn.start);
    }),
    { seed: 1 },
  );
});

test('the rhythm has nights, and growth', () => {
  const story = storyOf({ ...PLAN, days: 30 });
  const noon = Date.UTC(2026, 10, 2, 12);
  expect(busyness(story, noon)).toBeGreaterThan(5 * busyness(story, noon - 8 * HOUR));
  expect(busyness(story, noon + 14 * 24 * HOUR)).toBeGreaterThan(1.2 * busyness(story, noon));
});

describe('messages', () => {
  const story = storyOf(PLAN);
  const all = [...minutesBetween(story.start, story.end)].flatMap((minute) => messagesIn(story, PLAN.seed, minute));

  test('frames are octets counted, of RFC 5424', () => {
    for (const frame of all.map(frameOf)) {
      const [, length, line = ''] = /^(\d+) (.*)$/s.exec(frame) ?? [];
      expect(Buffer.byteLength(line)).toBe(Number(length));
      expect(line).toMatch(/^<\d{1,3}>1 \d{4}-\d\d-\d\dT\S+Z [a-z0-9-]+ [\w/]+ - - - \S/);
    }
  });

  test('each chapter is told once', () => {
    const said = (text: string): number[] =>
      all.filter((message) => message.text.includes(text)).map(({ time }) => time);
    expect(said('checkout 2.14.0 is live')).toEqual([story.deploy.start]);
    expect(said('rolled back')).toEqual([story.deploy.end]);
    expect(said('status=9/KILL')).toEqual([story.silence.start]);
    expect(said('Down: hold timer')).toEqual([story.quiet.start]);
  });
});

describe('interfaces', () => {
  const story = storyOf(PLAN);
  const readings = (host: string) => {
    const found: { time: Ms; eth0: InterfaceCounters | undefined }[] = [];
    for (const { time, interfaces } of readingsOf(story, PLAN.seed, host)) {
      if (time > END + MINUTE) break;
      found.push({ time, eth0: interfaces.find(({ device }) => device === 'eth0') });
    }
    return found;
  };

  test('counters only grow, and carry no more than the line does', () => {
    const all = readings('web-1');
    for (const [i, { time, eth0 }] of all.slice(1).entries()) {
      const before = all[i];
      const bytes = (eth0?.transmit_bytes ?? 0) - (before?.eth0?.transmit_bytes ?? 0);
      expect(bytes).toBeGreaterThan(0);
      expect((bytes / (time - (before?.time ?? 0))) * 1000).toBeLessThan(12_500_000);
    }
  });

  test('a dead collector leaves a gap, another host none', () => {
    const inSilence = (host: string): number => readings(host).filter(({ time }) => within(time, story.silence)).length;
    expect(inSilence('web-1')).toBeGreaterThan(30);
    expect(inSilence('web-2')).toBe(0);
  });
});
