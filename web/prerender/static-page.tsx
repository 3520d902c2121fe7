/// <reference types="vite/client" />
import { type ComponentChildren, type ComponentProps, options, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { PageLook, PageSpec } from '../../server/model/prerender.ts';
import { ms } from '../../server/model/units.ts';
import { AlertsPage } from '../alerts/alerts-page.tsx';
import { alertWords } from '../alerts/words.ts';
import { createApi } from '../api/client.ts';
import { type DrawPicture, PictureContext } from '../charts/picture.ts';
import { type Services, ServicesContext } from '../frame/services.ts';
import { GraphPage } from '../graph/graph-page.tsx';
import { createLive } from '../live/live.ts';
import { OverviewPage } from '../overview/overview-page.tsx';
import { SloPage } from '../slo-page/slo-page.tsx';
import { StatusPage } from '../status-page/status-page.tsx';
import alertStyles from '../style/alerts.css?inline';
import styles from '../style/site.css?inline';
import staticStyles from '../style/static.css?inline';
import { InterfacePage } from '../traffic/interface-page.tsx';
import { InterfacesPage } from '../traffic/interfaces-page.tsx';
import { pageSay } from '../words/page-words.ts';
import { type Speech, SpeechContext } from '../words/speech.ts';
import { pictureTokens } from './picture-tokens.ts';
import { svgPicture } from './svg-picture.ts';

const WIDTH = 1000;
const HEIGHT = 240;

/** A page as one file that needs neither scripts nor a network: styles inline, charts as SVG, data as tables. */
export function staticPage(page: PageSpec, look: PageLook, speech: Speech): string {
  const { theme, language } = look;
  const picture = pictureDrawer(look);
  const made = speech.t('export_made', { version: page.version, moment: speech.times.moment(page.now) });
  const body = withoutControls(() =>
    renderToString(
      <SpeechContext.Provider value={speech}>
        <PictureContext.Provider value={picture}>
          <main class="page">{contentOf(page)}</main>
          <footer class="page muted">
            <p>{made}</p>
          </footer>
        </PictureContext.Provider>
      </SpeechContext.Provider>,
    ),
  );
  const head = renderToString(
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${titleOf(page, speech)} – Vigie`}</title>
    </head>,
  ).replace(
    '</head>',
    () => `<style>${styles}${page.page === 'alerts' ? alertStyles : ''}${staticStyles}</style></head>`,
  );
  return `<!doctype html>\n<html lang="${language}" data-theme="${theme}">${head}<body>${body}</body></html>\n`;
}

const nothing = (): void => undefined;

function contentOf(page: PageSpec): ComponentChildren {
  switch (page.page) {
    case 'overview':
      return <OverviewPage {...page} />;
    case 'alerts':
      return (
        <ServicesContext.Provider value={NO_SERVER}>
          <AlertsPage
            current={page.alerts.current}
            rules={page.alerts.rules}
            receivers={page.alerts.receivers}
            history={page.alerts.history}
            silences={page.silences}
            slos={page.slos}
            now={page.now}
            onChanged={nothing}
            onMore={undefined}
          />
        </ServicesContext.Provider>
      );
    case 'slo':
      return <SloPage detail={page.detail} decision={page.decision} now={page.now} {...SLO_CONTROLS} />;
    case 'status':
      return <StatusPage status={page.status} />;
    case 'traffic':
      return <InterfacesPage overview={page.overview} unit={page.unit} onUnit={nothing} />;
    case 'interface':
      return (
        <InterfacePage
          graphs={page.graphs}
          now={page.now}
          past={false}
          onEnd={nothing}
          unit={page.unit}
          onUnit={nothing}
        />
      );
    case 'graph': {
      const { start, end } = page.data;
      const picker = {
        range: { kind: 'fixed', start, end },
        now: page.now,
        onRange: nothing,
        onBack: undefined,
      } as const;
      const shown = { view: 'graph', onView: nothing, data: page.data, single: true, instant: undefined } as const;
      return <GraphPage {...shown} {...picker} />;
    }
  }
}

/** What a saved page that could ask for more asks: nobody. */
const NO_SERVER: Services = withoutServer();

function withoutServer(): Services {
  const api = createApi(() => Promise.reject(new Error('a saved page has no server')));
  const live = createLive({ api, clock: { now: () => ms(0) }, subscribe: () => ({ close: nothing }) });
  return { api, live };
}

const SLO_CONTROLS: Pick<ComponentProps<typeof SloPage>, 'range' | 'onRange' | 'keep'> = {
  range: 'window',
  onRange: nothing,
  keep: async () => ({ ok: false, failure: { code: 'unsupported', message: '' } }),
};

function titleOf(page: PageSpec, { t, language }: Speech): string {
  switch (page.page) {
    case 'overview':
      return t('overview_title');
    case 'alerts':
      return pageSay(alertWords, language)('title');
    case 'slo':
      return page.detail.status.title;
    case 'status':
      return t('status_title');
    case 'traffic':
      return t('net_title');
    case 'interface':
      return page.graphs.map(({ device, host }) => `${device} ${host}`)[0] ?? t('net_title');
    case 'graph':
      return page.data.query;
  }
}

function pictureDrawer({ theme }: PageLook): DrawPicture {
  const tokens = pictureTokens(theme, WIDTH, HEIGHT);
  let drawn = 0;
  return (make, text) => {
    const prefix = `p${++drawn}`;
    return svgPicture(make(tokens), { width: WIDTH, height: HEIGHT, tokens, text, headed: false, prefix });
  };
}

/**
 * Without scripts a button does nothing: it stays as text, and the style sheet shows only those that head a column or name a line.
 * Fields go, and so do links to pages that are not in this file. The hook is preact's own for its add-ons.
 */
function withoutControls(render: () => string): string {
  const before = options.vnode;
  options.vnode = (vnode: VNode) => {
    if (vnode.type === 'button') {
      vnode.type = 'span';
      const { children } = vnode.props;
      vnode.props = { children, class: 'inert' } as VNode['props'];
    }
    if (vnode.type === 'input') vnode.props = { ...vnode.props, hidden: true, disabled: true } as VNode['props'];
    if (vnode.type === 'a') vnode.props = { children: vnode.props.children } as VNode['props'];
    if (vnode.type === 'form') vnode.type = 'div';
    before?.(vnode);
  };
  try {
    return render();
  } finally {
    if (before === undefined) delete options.vnode;
    else options.vnode = before;
  }
}
