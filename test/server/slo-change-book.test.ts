import { describe, expect, test } from 'vitest';
import { groupSlo } from '../../rules/grouping.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { SloChangeBook } from '../../server/evaluation/slo-change-book.ts';
import { COLLECTIONS, DOCUMENT_LIMITS } from '../../server/model/documents.ts';
import { ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { memoryDocuments } from '../support/memory-documents.ts';

const NOW = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
const shop = (objective: number, id = 'shop'): SloDefinition => ({
  ...proposedSlo('shop'),
  id,
  objective,
  proposed: false,
});
const at = (minutes: number) => ms(NOW + minutes * 60_000);
const told = (book: SloChangeBook, slo = shop(0.9)) =>
  book.of(slo).map(({ time, what }) => [(time - NOW) / 60_000, ...what.map(({ from, to }) => `${from} ${to}`)]);

describe('changes of SLOs are kept', () => {
  test('over a restart, there and back, newest first', async () => {
    const documents = memoryDocuments();
    const first = await SloChangeBook.open(documents, log);
    await first.takeUp([shop(0.9)], at(0));
    expect(told(first)).toEqual([]);
    expect(await first.takeUp([shop(0.95), shop(0.9, 'cart')], at(1))).toEqual(['shop']);
    const second = await SloChangeBook.open(documents, log);
    await second.takeUp([shop(0.95)], at(2));
    await second.takeUp([shop(0.9)], at(3));
    const want = [
      [3, '95% 90%'],
      [1, '90% 95%'],
    ];
    expect(told(second)).toEqual(want);
    expect(told(await SloChangeBook.open(documents, log))).toEqual(want);
  });

  test('of a definition that is several SLOs, each of them has what changed it', async () => {
    const book = await SloChangeBook.open(memoryDocuments(), log);
    const grouped = (objective: number) => ({ ...shop(objective), group_by: { labels: ['vhost'], max_groups: 50 } });
    await book.takeUp([grouped(0.9)], at(0));
    expect(await book.takeUp([grouped(0.95)], at(1))).toEqual(['shop']);
    expect(told(book, groupSlo(grouped(0.95), { vhost: 'a.example' }))).toEqual([[1, '90% 95%']]);
  });

  test('found at a start, what was changed while nothing ran', async () => {
    const documents = memoryDocuments();
    await (await SloChangeBook.open(documents, log)).takeUp([shop(0.9)], at(0));
    const book = await SloChangeBook.open(documents, log);
    await book.takeUp([shop(0.99)], at(9));
    expect(told(book)).toEqual([[9, '90% 99%']]);
  });

  test('a full disk: not told, and tried again', async () => {
    const documents = memoryDocuments();
    const book = await SloChangeBook.open(documents, log);
    await book.takeUp([shop(0.9)], at(0));
    documents.full(true);
    expect(await book.takeUp([shop(0.95)], at(1))).toEqual([]);
    expect(told(book)).toEqual([]);
    documents.full(false);
    await book.takeUp([shop(0.95)], at(2));
    expect(told(book)).toEqual([[2, '90% 95%']]);
  });

  test('a full disk, and back before there is room: nothing changed', async () => {
    const documents = memoryDocuments();
    const book = await SloChangeBook.open(documents, log);
    await book.takeUp([shop(0.9)], at(0));
    documents.full(true);
    await book.takeUp([shop(0.95)], at(1));
    documents.full(false);
    await book.takeUp([shop(0.9)], at(2));
    expect(told(await SloChangeBook.open(documents, log))).toEqual([]);
  });

  test('two at once are told one after the other', async () => {
    const book = await SloChangeBook.open(memoryDocuments(), log);
    await Promise.all([0.9, 0.95, 0.95, 0.99].map((objective, i) => book.takeUp([shop(objective)], at(i))));
    expect(told(book)).toEqual([
      [3, '95% 99%'],
      [1, '90% 95%'],
    ]);
  });

  test('an SLO that was away meanwhile goes on with what it had', async () => {
    const book = await SloChangeBook.open(memoryDocuments(), log);
    await book.takeUp([shop(0.9), shop(0.9, 'cart')], at(0));
    await book.takeUp([shop(0.9, 'cart')], at(1));
    await book.takeUp([shop(0.95), shop(0.9, 'cart')], at(2));
    expect(told(book)).toEqual([[2, '90% 95%']]);
    expect(told(book, shop(0.9, 'cart'))).toEqual([]);
  });

  test('a proposal is neither recorded nor told of', async () => {
    const documents = memoryDocuments();
    const book = await SloChangeBook.open(documents, log);
    const proposal = { ...shop(0.9), proposed: true };
    await book.takeUp([proposal], at(0));
    expect(await documents.documents({ collection: 'slo_change', limit: 10 })).toEqual([]);
    await book.takeUp([shop(0.95)], at(1));
    await book.takeUp([shop(0.9)], at(2));
    expect(book.of(proposal)).toEqual([]);
    expect(told(book)).toEqual([[2, '95% 90%']]);
  });
});

describe('what does not fit', () => {
  const measuring = (text: string, id = 'shop'): SloDefinition => {
    const definition = shop(0.9, id);
    const { indicator } = definition;
    if (indicator.kind !== 'availability') throw new Error('want an availability SLO');
    return { ...definition, indicator: { ...indicator, part: { ...indicator.part, text } } };
  };

  test('a definition longer than a document keeps no other from being recorded', async () => {
    const book = await SloChangeBook.open(memoryDocuments(), log);
    const long = measuring('x'.repeat(DOCUMENT_LIMITS.body_bytes), 'long');
    await book.takeUp([long, shop(0.9)], at(0));
    await book.takeUp([long, shop(0.95)], at(1));
    expect(told(book)).toEqual([[1, '90% 95%']]);
    expect(book.of(long)).toEqual([]);
  });

  test('a long definition keeps as many changes as find room, the newest', async () => {
    const documents = memoryDocuments();
    const book = await SloChangeBook.open(documents, log);
    for (let i = 0; i < 10; i++) await book.takeUp([measuring(`${i}${'"'.repeat(14_000)}`)], at(i));
    const kept = told(await SloChangeBook.open(documents, log)).map(([minute]) => minute);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(9);
    expect(kept).toEqual(kept.map((_, i) => 9 - i));
  });

  test('one SLO too many drops the oldest, which is then seen for the first time again', async () => {
    const book = await SloChangeBook.open(memoryDocuments(), log);
    const ids = Array.from({ length: COLLECTIONS.slo_change.documents }, (_, i) => `slo-${i}`);
    await book.takeUp(
      ids.map((id) => shop(0.9, id)),
      at(0),
    );
    await book.takeUp([shop(0.95, 'slo-0')], at(1));
    await book.takeUp([shop(0.9, 'new')], at(2));
    expect(told(book, shop(0.9, 'slo-0'))).toEqual([]);
    await book.takeUp([shop(0.95, 'slo-1')], at(3));
    expect(told(book, shop(0.9, 'slo-1'))).toEqual([[3, '90% 95%']]);
  });
});
