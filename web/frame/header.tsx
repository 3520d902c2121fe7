import type { Live } from '../live/live.ts';
import { type LinkWord, linkWord, serverTime } from '../live/live-state.ts';
import { useSpeech } from '../words/speech.ts';
import type { Preferences } from './preferences.ts';
import { summarizeSources } from './source-summary.ts';
import { THEMES, type Theme } from './theme.ts';

interface HeaderProps {
  readonly live: Live;
  readonly preferences: Preferences;
  readonly path: string;
}

export function Header({ live, preferences, path }: HeaderProps) {
  const { t } = useSpeech();
  return (
    <header class="frame">
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="24" height="24" />
        Vigie
      </a>
      <nav aria-label={t('nav')}>
        <NavLink href="/" path={path} text={t('nav_overview')} />
        <NavLink href="/alerts" path={path} text={t('nav_alerts')} />
        <NavLink href="/logs" path={path} text={t('nav_logs')} />
        <NavLink href="/web-log" path={path} text={t('nav_web_log')} />
        <NavLink href="/traffic" path={path} text={t('nav_traffic')} />
        <NavLink href="/graph" path={path} text={t('nav_graph')} />
        <NavLink href="/status" path={path} text={t('nav_status')} />
      </nav>
      <div class="tools">
        <LiveIndicator live={live} />
        <Choices preferences={preferences} />
      </div>
    </header>
  );
}

function NavLink({ href, path, text }: { readonly href: string; readonly path: string; readonly text: string }) {
  return (
    <a href={href} aria-current={path === href ? 'page' : undefined}>
      {text}
    </a>
  );
}

const LINK_SHAPES: Readonly<Record<LinkWord, string>> = {
  connecting: '◌',
  live: '●',
  paused: '‖',
  stale: '▲',
  locked: '○',
  lost: '✕',
};

/** Whether the figures move, and the button that stops them (WCAG 2.2.2). */
function LiveIndicator({ live }: { readonly live: Live }) {
  const { t, times } = useSpeech();
  const state = live.state.value;
  const now = live.now.value;
  const word = linkWord(state, now);
  // A status is read aloud when it changes, so it does not count every second.
  const silent_secs = Math.floor((now - (state.newest?.at ?? now)) / 10_000) * 10;
  return (
    <div class="live">
      <SourceLine live={live} />
      <span class={`link link-${word}`} role="status">
        <span class="shape" aria-hidden="true">
          {LINK_SHAPES[word]}
        </span>
        {word === 'stale' ? t('link_stale', { age: times.age(silent_secs) }) : t(`link_${word}`)}
      </span>
      <button
        type="button"
        title={t('pause_hint')}
        onClick={() => live.dispatch({ kind: state.paused ? 'resume' : 'pause' })}
      >
        {t(state.paused ? 'resume' : 'pause')}
      </button>
    </div>
  );
}

function SourceLine({ live }: { readonly live: Live }) {
  const { t } = useSpeech();
  const shown = live.state.value.shown;
  if (shown === undefined) return null;
  const now = serverTime(shown, live.now.value);
  const { count, silent } = summarizeSources(shown.evaluation.slos, live.origins.value, now);
  const text =
    count === 0 ? t('sources_none') : silent > 0 ? t('sources_silent', { silent, count }) : t('sources_all', { count });
  return (
    <a class={silent > 0 ? 'source-line silent' : 'source-line'} href="/status">
      {text}
    </a>
  );
}

/** Words would push the row over its width in most languages. */
const THEME_SHAPES: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀\ufe0e', dark: '☾' };

function Choices({ preferences }: { readonly preferences: Preferences }) {
  const { t } = useSpeech();
  return (
    <div class="choices">
      <fieldset>
        <legend class="spoken">{t('language')}</legend>
        {preferences.languages.map((language) => (
          <button
            key={language}
            type="button"
            lang={language}
            aria-pressed={preferences.language.value === language}
            onClick={() => preferences.setLanguage(language)}
          >
            {language.toUpperCase()}
          </button>
        ))}
      </fieldset>
      <fieldset>
        <legend class="spoken">{t('theme')}</legend>
        {THEMES.map((theme) => (
          <button
            key={theme}
            type="button"
            title={t(`theme_${theme}`)}
            aria-label={t(`theme_${theme}`)}
            aria-pressed={preferences.theme.value === theme}
            onClick={() => preferences.setTheme(theme)}
          >
            <span aria-hidden="true">{THEME_SHAPES[theme]}</span>
          </button>
        ))}
      </fieldset>
    </div>
  );
}
