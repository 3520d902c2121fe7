import { type ComponentChildren, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { OriginStatus } from '../../server/model/engine.ts';
import { type GateAnswer, type Reason, SLO_STATES, type SloDetail } from '../../server/model/slo.ts';
import type { ComponentStatus, FileStatus } from '../../server/model/status.ts';
import { ms } from '../../server/model/units.ts';
import { LANGUAGES, type Language } from '../../server/model/words/words.ts';
import type { Failure } from '../../web/api/answer.ts';
import { FailureNotice } from '../../web/frame/failure-notice.tsx';
import { Glossary } from '../../web/frame/glossary.tsx';
import { BadLines } from '../../web/logs/bad-lines.tsx';
import { FoundLines } from '../../web/logs/found-lines.tsx';
import { readLogSearch } from '../../web/logs/log-search.ts';
import { OverviewPage } from '../../web/overview/overview-page.tsx';
import { STATE_SHAPES } from '../../web/overview/state-mark.tsx';
import { NoSuchSlo } from '../../web/slo-page/no-such-slo.tsx';
import { SloPage } from '../../web/slo-page/slo-page.tsx';
import { sloWords } from '../../web/slo-page/words.ts';
import { StatusPage } from '../../web/status-page/status-page.tsx';
import { statusWords } from '../../web/status-page/words.ts';
import { FRENCH } from '../../web/words/french.ts';
import { pageSay } from '../../web/words/page-words.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { firingAlert } from '../support/alerts.ts';
import { HOSTILE_LINES } from '../support/hostile-lines.ts';
import { budgetSpent, gateAnswer, NOW, STATE_CASES, sloDetail, sloStatus, systemStatus } from './statuses.ts';

const HOSTILE = '<script>alert(1)</script>"\'&{x}';
const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };

const html = (page: ComponentChildren, language: Language = 'en'): string =>
  renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children: page }));
const signIn = async () => ({ ok: true, data: null }) as const;
const whole = { range: 'window', onRange: () => undefined } as const;
const keep = async () => ({ ok: true, data: { file: '' } }) as const;

describe('overview', () => {
  test.each(SLO_STATES.flatMap((state) => LANGUAGES.map((language) => [state, language] as const)))(
    'a row in state %s, %s, has its shape and its word',
    (state, language) => {
      const slos = [sloStatus({ ...STATE_CASES[state], state })];
      const page = html(h(OverviewPage, { slos, gate: gateAnswer(), now: NOW }), language);
      expect(page).toContain(STATE_SHAPES[state]);
      expect(page).toContain(SPEECH[language].state(state));
      expect(page).not.toMatch(/undefined|NaN|Infinity/);
    },
  );

  test('the answer is one sentence, and its reasons link to their SLOs', () => {
    const ids = ['shop-availability', 'b', 'c', 'd'];
    const slos = ids.map((id) => sloStatus({ ...STATE_CASES.exhausted, state: 'exhausted', id }));
    const reasons = ids.map((slo) => ({ ...budgetSpent('shop'), slo, decision: 'no_go' }) as const);
    const page = html(h(OverviewPage, { slos, gate: gateAnswer({ decision: 'no_go', reasons }), now: NOW }));
    expect(page).toMatch(
      /<h1[^>]*><strong>Not now<\/strong> — shop has spent its error budget: 1,204 bad requests of 1,000/,
    );
    expect(page.match(/class="decision-no_go"/g)).toHaveLength(3);
    expect(page).toContain('href="/slo/shop-availability"');
  });

  test('page and ticket of one fire are one reason', () => {
    const burn = { service: 'shop', rate: 15, factor: 14.4, unit: 'hour', amount: 1 } as const;
    const of = (slo: string, code: Reason['code']) => ({ code, args: burn, slo, decision: 'no_go' }) as const;
    const reasons = [of('a', 'burning_fast'), of('a', 'burning_slow'), of('b', 'burning_slow')];
    const slos = ['a', 'b'].map((id) => sloStatus({ id, state: 'burning' }));
    const page = html(h(OverviewPage, { slos, gate: gateAnswer({ decision: 'no_go', reasons }), now: NOW }));
    const links = page.slice(0, page.indexOf('<table')).match(/href="[^"]*"/g);
    expect(links).toEqual(['href="/slo/a"', 'href="/slo/b"']);
  });

  describe('only the verdict of the answer is bold', () => {
    const f = (decision: GateAnswer['decision'], want: Readonly<Record<Language, string>>, reason: Reason) =>
      test.each(LANGUAGES)(`${decision}, %s`, (language) => {
        const gate = gateAnswer({ decision, reasons: [{ ...reason, slo: 'a', decision }] });
        const bold = /<strong>([^<]*)<\/strong>([^<]*)/.exec(
          html(h(OverviewPage, { slos: [], gate, now: NOW }), language),
        );
        expect(bold?.[1]).toBe(want[language]);
        expect(bold?.[2]?.length).toBeGreaterThan(20);
      });
    const little: Reason = { code: 'too_new', args: { service: 'a — b. c', unit: 'minute', amount: 3 } };
    const left: Reason = { code: 'budget_left', args: { service: 'shop', left_ratio: 0.5, recent: 'no', rate: 0 } };
    f('go', { en: 'Yes', fr: 'Oui' }, left);
    f('go', { en: 'Yes, with care', fr: 'Oui, avec prudence' }, little);
    f('no_go', { en: 'Not now', fr: 'Pas maintenant' }, budgetSpent('shop'));
    f('unknown', { en: 'Cannot say', fr: 'Impossible de trancher' }, little);
    f('unknown', { en: 'Cannot say', fr: 'Impossible de trancher' }, { code: 'no_slo', args: {} });
  });

  test.each(LANGUAGES)('what strangers may write shows every character of it, %s', (language) => {
    for (const line of Object.values(HOSTILE_LINES)) {
      const slo = sloStatus({
        ...{ id: 'a', title: line, owner: line, service: line, state: 'no_data' },
        reasons: [{ code: 'source_broken', args: { service: line, origin: line, state: 'missing', note: line } }],
        sources: [{ origin: line, state: 'missing', note: line }],
      });
      const reasons = slo.reasons.map((reason) => ({ ...reason, slo: 'a', decision: 'unknown' }) as const);
      const gate = gateAnswer({ decision: 'unknown', reasons });
      const overview = h(OverviewPage, { slos: [slo], gate, alerts: [firingAlert({ title: line })], now: NOW });
      const detail = { ...sloDetail(slo), definition: `slos:\n  - title: ${line}\n` };
      const page = h(SloPage, { detail, decision: undefined, now: NOW, keep, ...whole });
      for (const text of [html(overview, language), html(page, language)]) {
        expect(text.match(/(?![\n\t])[\p{Cc}\p{Cf}]/u)).toBeNull();
      }
    }
  });

  test('an overspent budget is said in words', () => {
    const page = html(h(OverviewPage, { slos: [sloStatus({ bad: 1204 })], gate: gateAnswer(), now: NOW }));
    expect(page).toContain('overspent by 20.4%');
  });

  test('an overspent budget is hatched, one without a verdict an outline', () => {
    const page = (changes: Parameters<typeof sloStatus>[0]) =>
      html(h(OverviewPage, { slos: [sloStatus(changes)], gate: gateAnswer(), now: NOW }));
    const all = page({ bad: 0 });
    for (const mark of ['<pattern', 'provisional']) expect(all).not.toContain(mark);
    const over = page({ bad: 1204, state: 'exhausted' });
    expect(over).toContain('<pattern');
    expect(over).not.toContain('class="bar-left"');
    for (const state of ['too_new', 'too_little_traffic'] as const) expect(page({ state })).toContain('provisional');
    expect(page({ total: 0, bad: 0 })).not.toContain('<svg');
  });

  const tellsLeftOut = (left_out: number, language: Language, want: string | undefined) =>
    test(`${left_out} groups left out, ${language}`, () => {
      const of = { slo: 'web', service: 'web', group_by: ['vhost'], groups: 50, max_groups: 50, left_out };
      const page = html(h(OverviewPage, { slos: [sloStatus()], groups: [of], gate: gateAnswer(), now: NOW }), language);
      if (want === undefined) expect(page).not.toContain('max_groups');
      else expect(page).toContain(want);
    });
  tellsLeftOut(0, 'en', undefined);
  tellsLeftOut(1, 'en', 'web: 1 of 51 groups by vhost is left out; max_groups is 50.');
  tellsLeftOut(7, 'fr', '7 groupes sur 57 par vhost sont laissés de côté');

  const search = (rows: number, want: boolean) =>
    test(`${rows} rows ${want ? 'have' : 'need no'} search`, () => {
      const slos = Array.from({ length: rows }, (_, i) => sloStatus({ id: `slo-${i}` }));
      const page = html(h(OverviewPage, { slos, gate: gateAnswer(), now: NOW }));
      expect(page.includes('type="search"')).toBe(want);
    });
  search(8, false);
  search(9, true);

  test('without an SLO it says what to do next', () => {
    const page = html(h(OverviewPage, { slos: [], gate: gateAnswer({ decision: 'unknown' }), now: NOW }), 'fr');
    expect(page).toContain('Impossible de trancher');
    expect(page).toContain('vigie.yaml');
    expect(page).not.toContain('<table');
  });

  test('only a proposed SLO is called so', () => {
    const page = (proposed: boolean) =>
      html(h(OverviewPage, { slos: [sloStatus({ proposed })], gate: gateAnswer(), now: NOW }));
    expect(page(true)).toContain('>proposed<');
    expect(page(false)).not.toContain('>proposed<');
  });
});

describe('SLO page', () => {
  const page = (changes: Parameters<typeof sloStatus>[0], language: Language = 'en') =>
    html(h(SloPage, { detail: sloDetail(sloStatus(changes)), decision: 'go', now: NOW, keep, ...whole }), language);

  test.each(SLO_STATES.flatMap((state) => LANGUAGES.map((language) => [state, language] as const)))(
    'state %s, %s',
    (state, language) => {
      const text = page({ ...STATE_CASES[state], state }, language);
      expect(text).toContain(SPEECH[language].state(state));
      expect(text.match(/role="img"/g)).toHaveLength(3);
      expect(text.match(/<canvas[^>]*aria-label="[^"]{20,}"/g)).toHaveLength(3);
      expect(text).not.toMatch(/undefined|NaN|Infinity/);
    },
  );

  test('the objective is a sentence', () => {
    expect(page({})).toContain('99.9% of requests to shop succeed, over 30 days');
    expect(page({ kind: 'latency', threshold_secs: 0.3 })).toContain('answer within 300 ms, over 30 days');
    expect(page({}, 'fr')).toContain('99,9\u202f% des requêtes vers shop réussissent, sur 30\u00a0jours');
  });

  test('the arithmetic is visible', () => {
    const burns = [3600, 300].map((window_secs) => ({ window_secs, total: 100, bad: 2, rate: 15.12 }));
    const text = page({ burns, bad: 1204 });
    expect(text).toContain('spent 2.1% in 1\u00a0h = 15.1× > 14.4×');
    expect(text).toContain('1,000 − 1,204 = −204');
  });

  test('the error-budget policy has its level in force, and the gate its reasons', () => {
    const frozen = { service: 'shop', until: NOW + 86_400_000, reason: '<b>Christmas</b>' };
    const detail: SloDetail = {
      ...sloDetail(sloStatus()),
      gate: { decision: 'no_go', reasons: [{ code: 'frozen', args: frozen, slo: 'a', decision: 'no_go' }] },
      budget_policy: [
        { left_ratio: 0.5, action: 'one engineer', who: 'shop team', freeze: false, in_force: true },
        { left_ratio: 0, action: '<i>only fixes</i>', freeze: true, in_force: false },
      ],
    };
    const text = html(h(SloPage, { detail, decision: 'no_go', now: NOW, keep, ...whole }));
    expect(text).toMatch(/shop is frozen until [^<]*: &lt;b>Christmas&lt;\/b>\./);
    expect(text).toMatch(
      /50% or less.*one engineer.*shop team.*▲ in force.*0% or less.*Releases stop\..*not in force/s,
    );
    expect(text).not.toContain('<i>');
  });

  test('the range is a choice of buttons, and stays when there is nothing to draw', () => {
    const detail = sloDetail(sloStatus());
    for (const total of [detail.total, detail.total.map(() => 0)]) {
      const props = { decision: 'go', now: NOW, keep, ...whole, range: '6h' } as const;
      const text = html(h(SloPage, { detail: { ...detail, total }, ...props }));
      expect(text).toMatch(/aria-pressed="true"[^>]*>6\u00a0h</);
      expect(text.match(/aria-pressed="false"/g)).toHaveLength(4);
    }
  });

  test('errors are no evidence of slowness: an SLO of latency has none, and says why', () => {
    const span = { start: NOW - 3_600_000, end: NOW };
    const text = html(h(BadLines, { service: 'shop', kind: 'latency', span }));
    expect(text).toContain('Log lines cannot be searched by duration');
    expect(text).toMatch(/href="\/logs\?[^"]*label=service%3Dshop"/);
    expect(text).not.toContain('level=');
  });

  test('only a proposed SLO can be kept', () => {
    expect(page({ proposed: true })).toContain('vigie slo keep shop-availability');
    expect(page({ proposed: false })).not.toContain('vigie slo keep');
  });

  test('an empty range says where the data is', () => {
    const detail = sloDetail(sloStatus({ newest_event: NOW - 86_400_000 }));
    const empty = { ...detail, total: detail.total.map(() => 0) };
    const text = html(h(SloPage, { detail: empty, decision: undefined, now: NOW, keep, ...whole }));
    expect(text).toContain('No request in this range; the newest data is from Nov 20, 2026');
    const [, link = ''] = /href="([^"]+)">Go there</.exec(text) ?? [];
    const params = new URL(link.replaceAll('&amp;', '&'), 'http://x').searchParams;
    expect(params.get('query')).toContain(`service="${detail.status.service}"`);
    expect(Number(params.get('end')) * 1000).toBe(NOW - 86_400_000);
    expect(text).not.toContain('<canvas');
  });
});

describe('status page', () => {
  test('empty places say what to do next', () => {
    const page = html(h(StatusPage, { status: systemStatus() }));
    expect(page).toContain('Point include at one in vigie.yaml');
    expect(page).toContain('Nothing was dropped.');
    expect(page).toContain('1.5\u00a0MB of at most 2\u00a0GB');
  });

  test('tells of each profile of rings who has them, and who waits for others', () => {
    const page = html(h(StatusPage, { status: systemStatus() }));
    expect(page).toContain('10s × 2d · 1m × 14d');
    expect(page).toContain('8 (2 wait for other rings)');
    expect(page).toContain('{service=&quot;shop&quot;}');
    expect(page).toContain('1.5\u00a0MB</td>');
  });

  test('what the store may take is explained, unless another bound was chosen', () => {
    const { store, ...status } = systemStatus();
    const text = (worstCaseBytes: number) =>
      html(
        h(StatusPage, {
          status: { ...status, store: { ...store, worstCaseBytesPerSeries: { sum: 50_000 }, worstCaseBytes } },
        }),
      );
    expect(text(1_200_000_000)).toContain(
      '20,000 series of up to 50\u00a0kB (1\u00a0GB), log lines (0\u00a0B), and journal',
    );
    expect(text(1_200_000_000)).toContain('(200\u00a0MB).');
    expect(text(999_999_999)).not.toContain('series of up to');
  });

  test('datagrams that the kernel dropped name the key to raise', () => {
    for (const language of LANGUAGES)
      expect(statusWords[language].dropped_kernel_receive_buffer).toMatch(/receive_buffer.*net\.core\.rmem_max/);
  });

  test('sources, queues and drops stand in tables', () => {
    const origin = { origin: 'a/b', collector: 'a', source: 'b', state: 'missing', drops: { torn: 3 } } as const;
    const queue = { sink: 'out', batches: 1, bytes: 2000, max_bytes: 4000, state: 'blocked' } as const;
    const page = html(h(StatusPage, { status: { ...systemStatus(), origins: [origin], queues: [queue] } }), 'fr');
    for (const word of ['fichier absent', 'jamais', 'pleine, les sources attendent', 'torn']) {
      expect(page).toContain(word);
    }
  });
});

describe('what cannot go on stands first on the status page', () => {
  const part = { kind: 'source', type: 'file', received_events: 0, sent_events: 0, errors: 0, drops: {} } as const;
  const page = (components: readonly ComponentStatus[]) =>
    html(h(StatusPage, { status: { ...systemStatus(), components } }));
  test('a source and its file, each with its note as text', () => {
    const file = { path: '/var/log/a', size_bytes: 1, read_bytes: 0, state: 'unreadable', note: HOSTILE } as const;
    const text = page([{ ...part, id: 'access', note: 'no space left on device', files: [file] }]);
    expect(text).toContain('<dt>access</dt><dd>no space left on device</dd>');
    expect(text).toContain('<dt>access: /var/log/a</dt>');
    expect(text).not.toContain(HOSTILE);
    expect(text.indexOf('no space left')).toBeLessThan(text.indexOf('id="origins"'));
  });
  test('nothing is said of what runs', () =>
    expect(page([{ ...part, id: 'access' }])).not.toContain(pageSay(statusWords, 'en')('waits')));
});

describe('files that are followed', () => {
  const read = { size_bytes: 2_000_000, read_bytes: 1_000_000 } as const;
  const source = (files: readonly FileStatus[]): ComponentStatus[] => [
    { id: 'web', kind: 'source', type: 'file', received_events: 0, sent_events: 0, errors: 0, drops: {}, files },
  ];
  const page = (files: readonly FileStatus[], language: Language = 'en') =>
    html(h(StatusPage, { status: { ...systemStatus(), components: source(files) } }), language);

  test('each with its format, how far it is read, and what is not understood, as text', () => {
    const text = page([
      { ...read, path: '/log/a', state: 'reading', format: 'vhost_combined' },
      { ...read, path: `/log/${HOSTILE}`, state: 'unparseable', note: `column 7: ${HOSTILE}` },
    ]);
    for (const told of ['vhost_combined', '1\u00a0MB of 2\u00a0MB', 'not understood', 'column 7: '])
      expect(text).toContain(told);
    expect(text).not.toContain(HOSTILE);
    expect(text).not.toContain(pageSay(statusWords, 'en')('waits'));
  });

  test('those with something to say come first, the rest is counted', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ ...read, path: `/log/${i}`, state: 'complete' }) as const);
    const text = page([...many, { ...read, path: '/log/z', state: 'unparseable', note: 'column 1' }], 'fr');
    expect(text.indexOf('/log/z<')).toBeLessThan(text.indexOf('/log/0<'));
    expect(text).toContain('et 11 autres fichiers');
  });

  test('nothing is said where none is', () => expect(page([])).not.toContain('id="files"'));
});

describe('a source that the header counts as silent is called so', () => {
  const page = (age_ms: number) => {
    const origin = {
      origin: 'a/b',
      collector: 'a',
      source: 'b',
      state: 'ok',
      completeTo: ms(NOW - age_ms),
      drops: {},
    } as const;
    return html(h(StatusPage, { status: { ...systemStatus(), time: NOW, origins: [origin] } }));
  };
  test('after five minutes', () => expect(page(300_001)).toContain('▲ silent'));
  test('not before', () => expect(page(300_000)).not.toContain('silent'));
});

describe('older lines that could not be read', () => {
  const found = (failure: Failure | undefined) =>
    html(
      h(FoundLines, {
        search: readLogSearch(''),
        find: () => [],
        span: { start: NOW - 1000, end: NOW },
        pages: [{ lines: [], scanned: { bytes: 0, blocks: 0, skipped: 0 }, next: { time: ms(NOW), seq: 1 } }],
        stored: undefined,
        onMore: () => {},
        moreFailure: failure,
        onRange: () => {},
        onLabel: undefined,
      }),
    );
  test('say why', () =>
    expect(found({ code: 'unreachable', message: 'gone' })).toContain('Older lines could not be read: gone'));
  test('else nothing is said', () => expect(found(undefined)).not.toContain('role="alert"'));
});

test.each(LANGUAGES)('a drop shows its code and its meaning; an unknown code stays a code, %s', (language) => {
  const { store } = systemStatus();
  const status = { ...systemStatus(), store: { ...store, drops: { too_old: 2, made_up: 1 } } };
  const page = html(h(StatusPage, { status }), language);
  expect(page).toContain(`<code>too_old</code> ${pageSay(statusWords, language)('dropped_too_old')}</span></td>`);
  expect(page).toContain('<code>made_up</code></span></td>');
  expect(page).toContain(pageSay(statusWords, language)('drops_counted_here'));
});

test.each(LANGUAGES)('an SLO nobody defined is said to be none, with a way to the list, %s', (language) => {
  const page = html(h(NoSuchSlo, { id: HOSTILE }), language);
  expect(page).toContain(`<h1 class="title">${pageSay(sloWords, language)('slo_not_found')}</h1>`);
  expect(page).toContain('&lt;script>');
  expect(page).toMatch(/<a href="\/">/);
});

describe('what never was complete', () => {
  const YEAR_ONE = /1970|1969/;
  const source = (completeTo: number | undefined) => {
    const origin = {
      origin: 'a/b',
      collector: 'a',
      source: 'b',
      drops: {},
      ...(completeTo !== undefined && { completeTo }),
    };
    return { ...systemStatus(), origins: [{ ...origin, newestEvent: 0 } as OriginStatus] };
  };
  for (const [language, never] of [
    ['en', 'never'],
    ['fr', 'jamais'],
  ] as const) {
    test.each([undefined, 0])(`status page, complete to %s, ${language}`, (completeTo) => {
      const page = html(h(StatusPage, { status: source(completeTo) }), language);
      expect(page).toMatch(
        new RegExp(`<td data-label="[^"]*">${never}</td><td data-label="[^"]*" class="number">–</td>`),
      );
      expect(page).not.toMatch(YEAR_ONE);
    });
    test.each([undefined, 0])(`SLO page, complete to %s, ${language}`, (complete_to) => {
      const changes = { as_of: 0, window: { duration_secs: 2_592_000, start: -2_592_000_000, end: 0 } };
      const sources = [{ origin: 'a/b', ...(complete_to !== undefined && { complete_to }) }];
      const status = sloStatus({ ...changes, sources });
      const page = html(
        h(SloPage, { detail: sloDetail(status), decision: 'unknown', now: NOW, keep, ...whole }),
        language,
      );
      expect(page).toMatch(
        new RegExp(`<td data-label="[^"]*">${never}</td><td data-label="[^"]*" class="number">–</td>`),
      );
      expect(page).toContain(pageSay(sloWords, language)('as_of_never'));
      expect(page).not.toMatch(YEAR_ONE);
    });
  }
});

describe('failures', () => {
  const notice = (code: string) =>
    html(
      h(FailureNotice, {
        what: 'failed_slos',
        failure: { code, message: HOSTILE },
        alone: true,
        api: { signIn },
        onRetry: () => undefined,
      }),
    );
  test('a failure says what failed, why, and how to try again', () => {
    const page = notice('internal');
    for (const part of ['could not be read', 'Try again', '&lt;script>']) expect(page).toContain(part);
  });
  test('a missing token gets a form', () => expect(notice('unauthorized')).toContain('type="password"'));
});

test('text of others stays text', () => {
  const status = sloStatus({
    id: HOSTILE,
    title: HOSTILE,
    service: HOSTILE,
    owner: HOSTILE,
    proposed: true,
    reasons: [{ code: 'never_heard', args: { service: HOSTILE } }],
    sources: [{ origin: HOSTILE, note: HOSTILE }],
  });
  const reason = { code: 'never_heard', args: { service: HOSTILE }, slo: HOSTILE, decision: 'unknown' } as const;
  const gate = gateAnswer({ decision: 'unknown', reasons: [reason] });
  const origin = { origin: HOSTILE, collector: 'a', source: 'b', note: HOSTILE, drops: { [HOSTILE]: 1 } };
  const pages = [
    h(OverviewPage, { slos: [status], gate, now: NOW }),
    h(SloPage, {
      detail: { ...sloDetail(status), definition: HOSTILE },
      decision: 'unknown',
      now: NOW,
      keep,
      ...whole,
    }),
    h(StatusPage, { status: { ...systemStatus(), data_dir: HOSTILE, origins: [origin] } }),
  ];
  for (const page of pages) {
    const text = html(page);
    expect(text).toContain('&lt;script>alert(1)');
    expect(text).not.toContain('<script');
  }
});

test('the glossary defines the words of the trade', () => {
  for (const language of LANGUAGES) expect(html(h(Glossary, {}), language).match(/<li>/g)).toHaveLength(4);
});
