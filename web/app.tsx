import { useEffect } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation, useRoute } from 'preact-iso';
import { Glossary } from './frame/glossary.tsx';
import { Header } from './frame/header.tsx';
import type { Preferences } from './frame/preferences.ts';
import { SaveLink } from './frame/save-link.tsx';
import { type Services, ServicesContext } from './frame/services.ts';
import { type Speech, SpeechContext, useSpeech } from './words/speech.ts';

// Each page is a chunk of its own: none waits for the code of another.
const LazyOverview = lazy(() => import('./overview/overview-route.tsx').then((module) => module.OverviewRoute));
const LazySlo = lazy(() => import('./slo-page/slo-route.tsx').then((module) => module.SloRoute));
const LazyStatus = lazy(() => import('./status-page/status-route.tsx').then((module) => module.StatusRoute));
const LazyInterfaces = lazy(() => import('./traffic/interfaces-route.tsx').then((module) => module.InterfacesRoute));
const LazyInterface = lazy(() => import('./traffic/interface-route.tsx').then((module) => module.InterfaceRoute));
const LazyAlerts = lazy(() => import('./alerts/alerts-route.tsx').then((module) => module.AlertsRoute));
const LazyAlert = lazy(() => import('./alerts/alert-route.tsx').then((module) => module.AlertRoute));
const LazyLogs = lazy(() => import('./logs/logs-route.tsx').then((module) => module.LogsRoute));
const LazyWebLog = lazy(() => import('./web-log/web-log-route.tsx').then((module) => module.WebLogRoute));
const LazyGraph = lazy(() => import('./graph/graph-route.tsx').then((module) => module.GraphRoute));

/** Only a demo pays for its tour. */
const LazyTour = lazy(() => import('./tour/tour-panel.tsx').then((module) => module.TourPanel));

interface AppProps {
  readonly services: Services;
  readonly preferences: Preferences;
  readonly speech: Speech;
}

/** The frame around every page, and which page an address shows. */
export function App({ services, preferences, speech }: AppProps) {
  return (
    <SpeechContext.Provider value={speech}>
      <ServicesContext.Provider value={services}>
        <LocationProvider>
          <Frame services={services} preferences={preferences} />
        </LocationProvider>
      </ServicesContext.Provider>
    </SpeechContext.Provider>
  );
}

function Frame({ services, preferences }: Omit<AppProps, 'speech'>) {
  const { t } = useSpeech();
  const { path } = useLocation();
  return (
    <>
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <Header live={services.live} preferences={preferences} path={path} />
      <main id="main" class="page" tabIndex={-1}>
        <ErrorBoundary>
          <Router onRouteChange={focusMain}>
            <Route path="/" component={OverviewTab} />
            <Route path="/slo/:id" component={SloTab} />
            <Route path="/web-log" component={WebLogTab} />
            <Route path="/traffic" component={InterfacesTab} />
            <Route path="/traffic/:host/:device" component={InterfaceTab} />
            <Route path="/alerts" component={AlertsTab} />
            <Route path="/alerts/:id" component={AlertTab} />
            <Route path="/logs" component={LogsTab} />
            <Route path="/graph" component={GraphTab} />
            <Route path="/status" component={StatusTab} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
      <Tour live={services.live} />
      <footer class="page">
        <Glossary />
        <SaveLink path={path} />
      </footer>
    </>
  );
}

function Tour({ live }: Pick<Services, 'live'>) {
  const story = live.demo.value;
  return story === undefined ? null : (
    <ErrorBoundary>
      <LazyTour story={story} />
    </ErrorBoundary>
  );
}

/** A new page starts at its top for the keyboard and the screen reader too; who turns the pages of the tour goes on there. */
function focusMain(): void {
  const { activeElement } = document;
  const turning = activeElement?.closest('.tour') && !activeElement.matches('a');
  if (!turning) document.getElementById('main')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Vigie`;
  }, [title]);
}

function OverviewTab() {
  useTitle(useSpeech().t('overview_title'));
  return <LazyOverview />;
}

function StatusTab() {
  useTitle(useSpeech().t('status_title'));
  return <LazyStatus />;
}

function SloTab() {
  return <LazySlo id={useRoute().params.id ?? ''} />;
}

function InterfacesTab() {
  useTitle(useSpeech().t('net_title'));
  return <LazyInterfaces />;
}

function InterfaceTab() {
  const { host = '', device = '' } = useRoute().params;
  useTitle(`${device} ${host}`);
  return <LazyInterface host={host} device={device} />;
}

function AlertsTab() {
  useTitle(useSpeech().t('nav_alerts'));
  return <LazyAlerts />;
}

function AlertTab() {
  return <LazyAlert id={useRoute().params.id ?? ''} />;
}

function LogsTab() {
  useTitle(useSpeech().t('nav_logs'));
  return <LazyLogs />;
}

function WebLogTab() {
  useTitle(useSpeech().t('nav_web_log'));
  return <LazyWebLog />;
}

function GraphTab() {
  useTitle(useSpeech().t('graph_title'));
  return <LazyGraph />;
}

function NotFound() {
  const { t } = useSpeech();
  useTitle(t('not_found'));
  return (
    <>
      <h1 class="title">{t('not_found')}</h1>
      <p>
        <a href="/">{t('not_found_next')}</a>
      </p>
    </>
  );
}
