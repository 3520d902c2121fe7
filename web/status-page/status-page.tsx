import type { OriginStatus } from '../../server/model/engine.ts';
import type { QueueStatus, RefusedSloFiles, SystemStatus } from '../../server/model/status.ts';
import { Pair } from '../frame/pair.tsx';
import { SourceTable } from '../frame/source-table.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { DropReason } from './drop-reason.tsx';
import { dropRows } from './drop-rows.ts';
import { Evaluation } from './evaluation.tsx';
import { Files } from './files.tsx';
import { RingProfiles } from './ring-profiles.tsx';
import { waitingRows } from './waiting-rows.ts';
import { statusWords } from './words.ts';

/** Sources, queues, drops and the store: what stands between a log line and a budget. */
export function StatusPage({ status }: { readonly status: SystemStatus }) {
  const { t, times } = useSpeech();
  const w = usePageWords(statusWords);
  const age = times.age((status.time - status.started) / 1000);
  return (
    <>
      <h1 class="title">{t('status_title')}</h1>
      <p class="muted">{w('line', { version: status.version, age, dir: status.data_dir })}</p>
      <Waits components={status.components} />
      <RefusedFiles id="refused-files" title="refused_files" refused={status.refused_slo_files} />
      <RefusedFiles id="refused-rules" title="refused_rules" refused={status.refused_rule_files} />
      <Origins origins={status.origins} config={status.config} now={status.time} />
      <Files components={status.components} />
      <Queues queues={status.queues} />
      <Evaluation evaluation={status.evaluation} />
      <Drops status={status} />
      <Store store={status.store} />
    </>
  );
}

/** What of this process cannot go on, first of all: a full disk, a file that cannot be read. */
function Waits({ components }: Pick<SystemStatus, 'components'>) {
  const w = usePageWords(statusWords);
  const rows = waitingRows(components);
  if (rows.length === 0) return null;
  return (
    <section class="notice" aria-labelledby="waits">
      <h2 id="waits">{w('waits')}</h2>
      <p>{w('waits_hint')}</p>
      <dl class="pairs">
        {rows.map(({ what, note }) => (
          <Pair key={what} name={what}>
            {note}
          </Pair>
        ))}
      </dl>
    </section>
  );
}

interface RefusedFilesProps {
  readonly id: string;
  readonly title: 'refused_files' | 'refused_rules';
  readonly refused: RefusedSloFiles | undefined;
}

/** An edit that did not come into force, and why. */
function RefusedFiles({ id, title, refused }: RefusedFilesProps) {
  const { times } = useSpeech();
  const w = usePageWords(statusWords);
  if (refused === undefined) return null;
  return (
    <section class="notice" aria-labelledby={id}>
      <h2 id={id}>{w(title)}</h2>
      <p>{w('refused_files_hint', { moment: times.moment(refused.time) })}</p>
      <ul>
        {refused.problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </section>
  );
}

interface OriginsProps {
  readonly origins: readonly OriginStatus[];
  readonly config: string;
  readonly now: number;
}

function Origins({ origins, config, now }: OriginsProps) {
  const w = usePageWords(statusWords);
  return (
    <section aria-labelledby="origins">
      <h2 id="origins">{w('sources')}</h2>
      {origins.length === 0 ? (
        <p>{w('sources_none', { config })}</p>
      ) : (
        <SourceTable sources={origins} newest now={now} />
      )}
    </section>
  );
}

function Queues({ queues }: { readonly queues: readonly QueueStatus[] }) {
  const { t, numbers } = useSpeech();
  const w = usePageWords(statusWords);
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">{w('queues')}</h2>
      {queues.length === 0 ? (
        <p>{w('queues_none')}</p>
      ) : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{w('queue')}</th>
              <th scope="col">{w('queue_state')}</th>
              <th scope="col" class="number">
                {w('queue_batches')}
              </th>
              <th scope="col" class="number">
                {w('queue_bytes')}
              </th>
              <th scope="col" class="number">
                {w('queue_limit')}
              </th>
              <th scope="col">{t('source_note')}</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ sink, state, batches, bytes, max_bytes, note }) => (
              <tr key={sink}>
                <th scope="row" class="mono">
                  {sink}
                </th>
                <td data-label={w('queue_state')}>{w(`queue_${state}`)}</td>
                <td data-label={w('queue_batches')} class="number">
                  {numbers.count(batches)}
                </td>
                <td data-label={w('queue_bytes')} class="number">
                  {numbers.bytes(bytes)}
                </td>
                <td data-label={w('queue_limit')} class="number">
                  {numbers.bytes(max_bytes)}
                </td>
                <td data-label={t('source_note')}>{note ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Drops({ status }: { readonly status: SystemStatus }) {
  const { numbers } = useSpeech();
  const w = usePageWords(statusWords);
  const rows = dropRows(status);
  return (
    <section aria-labelledby="drops">
      <h2 id="drops">{w('drops')}</h2>
      <p class="muted">{w(status.origins.length > 0 ? 'drops_counted' : 'drops_counted_here')}</p>
      {rows.length === 0 ? (
        <p>{w('drops_none')}</p>
      ) : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{w('drop_where')}</th>
              <th scope="col">{w('drop_reason')}</th>
              <th scope="col" class="number">
                {w('drop_count')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ where, reason, count }) => (
              <tr key={`${where ?? ''} ${reason}`}>
                <th scope="row" class="mono">
                  {where ?? w('drop_store')}
                </th>
                <td data-label={w('drop_reason')}>
                  <DropReason reason={reason} />
                </td>
                <td data-label={w('drop_count')} class="number">
                  {numbers.count(count)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Store({ store }: Pick<SystemStatus, 'store'>) {
  const { numbers } = useSpeech();
  const w = usePageWords(statusWords);
  return (
    <section aria-labelledby="store">
      <h2 id="store">{w('store')}</h2>
      <dl class="pairs">
        <Pair name={w('store_size')}>
          {w('store_size_of', { bytes: numbers.bytes(store.bytes), limit: numbers.bytes(store.worstCaseBytes) })}
        </Pair>
        <Pair name={w('store_series')}>
          {w('store_series_of', { series: numbers.count(store.series), limit: numbers.count(store.seriesLimit) })}
        </Pair>
        <Pair name={w('store_batches')}>{numbers.count(store.appliedBatches)}</Pair>
        <Pair name={w('store_increments')}>{numbers.count(store.appliedIncrements)}</Pair>
        <Pair name={w('store_samples')}>{numbers.count(store.appliedSamples)}</Pair>
      </dl>
      <WorstCase store={store} />
      <RingProfiles store={store} />
    </section>
  );
}

/** What the bound of the store is made of; nothing where another one was chosen. */
function WorstCase({ store }: Pick<SystemStatus, 'store'>) {
  const { numbers } = useSpeech();
  const w = usePageWords(statusWords);
  const { seriesLimit, worstCaseBytes, worstCaseBytesPerSeries } = store;
  const each = Math.max(0, ...Object.values(worstCaseBytesPerSeries));
  const series = seriesLimit * each;
  const logs = store.logs?.worstCaseBytes ?? 0;
  const rest = worstCaseBytes - series - logs;
  if (each === 0 || rest < 0) return null;
  const { bytes } = numbers;
  const sizes = { each: bytes(each), series: bytes(series), logs: bytes(logs), rest: bytes(rest) };
  return <p class="muted">{w('store_worst', { count: seriesLimit, ...sizes })}</p>;
}
