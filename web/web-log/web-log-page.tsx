import { useMemo } from 'preact/hooks';
import {
  WEB_LOG_TABLES,
  type WebLogReport,
  type WebLogService,
  type WebLogTableName,
} from '../../server/model/web-log.ts';
import { ReleaseOverlay } from '../charts/release-overlay.tsx';
import { ReleaseChoice, type ReleaseMarks, ReleaseTable } from '../frame/release-marks.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { HitChart } from './hit-chart.tsx';
import { HitTable } from './hit-table.tsx';
import { releasesOfDays } from './release-days.ts';
import { ReportFacts } from './report-facts.tsx';
import { dayRows, hourRows, tableRows, weekdayRows } from './report-rows.ts';
import { useWebLogWords } from './use-web-log-words.ts';
import { WebLogPicker } from './web-log-picker.tsx';
import { knownDays, reportParams, type WebLogSearch } from './web-log-search.ts';
import { webLogPageWords } from './words.ts';

interface WebLogPageProps {
  readonly services: readonly WebLogService[];
  readonly search: WebLogSearch;
  readonly onSearch: (search: WebLogSearch) => void;
  /** Absent until it is here. */
  readonly report: WebLogReport | undefined;
  readonly marks: ReleaseMarks;
  /** Asks for more names; absent when all that are listed are here. */
  readonly onMore: (() => void) | undefined;
}

/** What visitors asked for: sums, days, hours, and tables of everything a line of the log names. */
export function WebLogPage({ services, search, onSearch, report, marks, onMore }: WebLogPageProps) {
  const w = usePageWords(webLogPageWords);
  const say = useWebLogWords();
  const known = knownDays(services, search.service);
  return (
    <>
      <h1 class="title">{say('title')}</h1>
      {known === undefined ? (
        <p class="empty">{w('none_counted')}</p>
      ) : (
        <WebLogPicker services={services} search={search} onSearch={onSearch} />
      )}
      {report !== undefined && known !== undefined && report.total.requests === 0 && (
        <p class="empty">
          {w('none_here', known)}{' '}
          <button type="button" onClick={() => onSearch({ ...search, vhost: undefined, days: { kind: 'all' } })}>
            {w('none_go')}
          </button>
        </p>
      )}
      {report !== undefined && report.total.requests > 0 && (
        <Report report={report} search={search} newest={known?.to} marks={marks} onMore={onMore} />
      )}
    </>
  );
}

interface ReportProps extends Pick<WebLogPageProps, 'search' | 'marks' | 'onMore'> {
  readonly report: WebLogReport;
  readonly newest: string | undefined;
}

function Report({ report, search, newest, marks, onMore }: ReportProps) {
  const { numbers, language } = useSpeech();
  const w = usePageWords(webLogPageWords);
  const say = useWebLogWords();
  const whole = report.total.requests;
  const days = useMemo(() => dayRows(report, numbers), [report, numbers]);
  const released = useMemo(() => releasesOfDays(marks.releases, report), [marks.releases, report]);
  const inTurn = { column: 'name', descending: false } as const;
  const visitors = [{ name: say('visitors'), isNumber: true }];
  return (
    <>
      <p class="muted meta">
        <span>{[days[0]?.name, days.at(-1)?.name].join(' – ')}</span>
        <span>{w('zone', { zones: report.zones.join(', ') })}</span>
        {report.zones.length > 1 && <span>{say('zones_many')}</span>}
      </p>
      <ReportFacts report={report} />
      <ReportFiles search={search} newest={newest} />
      <div class="choices">
        <ReleaseChoice {...marks} />
      </div>
      <section class="hit-charts" aria-label={say('days')}>
        <HitChart
          id="days"
          title={say('days')}
          name={say('day')}
          rows={days}
          whole={whole}
          more={visitors}
          order={inTurn}
          marks={released && <ReleaseOverlay {...released.onWall} />}
        >
          <ReleaseTable releases={released?.releases} />
        </HitChart>
        <HitChart
          id="hours"
          title={say('hours')}
          name={say('hour')}
          rows={hourRows(report)}
          whole={whole}
          order={inTurn}
        />
        <HitChart
          id="weekdays"
          title={say('weekdays')}
          name={say('weekday')}
          rows={weekdayRows(report, language)}
          whole={whole}
        />
      </section>
      {WEB_LOG_TABLES.filter((table) => table !== 'url' || hasQueries(report)).map((table) => (
        <TableSection key={table} table={table} report={report} onMore={onMore} />
      ))}
    </>
  );
}

/** Without a query anywhere, addresses are the paths over again. */
function hasQueries({ tables: { url, path } }: WebLogReport): boolean {
  return url.other.rows !== path.other.rows || url.rows.some(({ key }, i) => key !== path.rows[i]?.key);
}

function ReportFiles({ search, newest }: Pick<ReportProps, 'search' | 'newest'>) {
  const { language } = useSpeech();
  const w = usePageWords(webLogPageWords);
  const params = reportParams(search, newest, FILE_ROWS);
  params.set('lang', language);
  return (
    <p class="pictures">
      {w('report')}
      {(['html', 'csv', 'json', 'txt'] as const).map((format) => (
        <a
          key={format}
          href={`/api/vigie/web-log/report.${format}?${params}`}
          target="_top"
          download={`web-log.${format}`}
        >
          {format}
        </a>
      ))}
    </p>
  );
}

/** Names of each table in a file. */
const FILE_ROWS = 1000;

interface TableSectionProps extends Pick<ReportProps, 'report' | 'onMore'> {
  readonly table: WebLogTableName;
}

function TableSection({ table, report, onMore }: TableSectionProps) {
  const say = useWebLogWords();
  const { rows, other } = useMemo(() => tableRows(report, table, say), [report, table, say('title')]);
  if (rows.length === 0) return null;
  const whole = [...rows, ...(other === undefined ? [] : [other])].reduce((sum, { requests }) => sum + requests, 0);
  const more = table === 'not_found' ? [{ name: say('last_referrer'), isNumber: false }] : [];
  return (
    <section aria-labelledby={`table-${table}`}>
      <h2 id={`table-${table}`}>{say(table)}</h2>
      <HitTable
        title={say(table)}
        name={say('name')}
        rows={rows}
        other={other}
        whole={whole}
        more={more}
        onMore={onMore}
      />
      {report.tables[table].bounded && <p class="muted">{say('bounded')}</p>}
    </section>
  );
}
