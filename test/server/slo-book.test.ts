import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { sloSchemaText } from '../../rules/files/json-schema.ts';
import { printSlo } from '../../rules/files/print-slo.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import { SloBook } from '../../server/evaluation/slo-book.ts';
import { ms } from '../../server/model/units.ts';

const root = mkdtempSync(join(tmpdir(), 'vigie-slo-book-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
/** A folder of definitions with these files in it. */
function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const idsOf = (book: SloBook) => Object.fromEntries(book.slos.map(({ service, id }) => [service, id]));

describe('an id belongs to one SLO', () => {
  const ids = (services: readonly string[], files: Readonly<Record<string, string>> = {}) =>
    idsOf(new SloBook(folderWith(files), services));

  test('a plain name has a plain id', () => expect(ids(['shop'])).toEqual({ shop: 'shop-availability' }));
  test('names that an id cannot hold are told apart', () => {
    const found = ids(['shop.example.org', 'shop-example.org', 'shop-example-org', 'Shop-example-org']);
    expect(new Set(Object.values(found)).size).toBe(4);
    expect(found['shop-example-org']).toBe('shop-example-org-availability');
    expect(found['shop.example.org']).toMatch(/^shop-example-org-[0-9a-f]{8}-availability$/);
  });
  test('so are names of another script, and long ones', () => {
    const long = 'a'.repeat(200);
    const found = ids(['магазин', '商店', `${long}1`, `${long}2`]);
    expect(new Set(Object.values(found)).size).toBe(4);
  });
  test('a kept id is not proposed to another service', () => {
    const kept = printSlo({ ...proposedSlo('other'), id: 'shop-availability', proposed: false });
    const found = ids(['shop'], { 'other.yaml': kept });
    expect(found.other).toBe('shop-availability');
    expect(found.shop).toMatch(/^shop-[0-9a-f]{8}-availability$/);
  });
  test('it does not depend on who else is there, nor on the order', () => {
    expect(ids(['shop.example.org', 'a'])).toEqual(ids(['a', 'shop.example.org']));
    const [alone] = Object.values(ids(['shop.example.org']));
    expect(ids(['shop-example-org', 'shop.example.org'])['shop.example.org']).toBe(alone);
  });
  test('whatever services are called, and every proposal can be kept', () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[aA.-]{1,4}$/));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 20 }), (services) => {
        const { slos } = new SloBook(folderWith(), services);
        expect(new Set(slos.map(({ id }) => id)).size).toBe(services.length);
        for (const { id } of slos) expect(id).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/);
      }),
      { seed: 61 },
    );
  });
});

describe('files that somebody is editing', () => {
  const TORN = 'slos:\n  - id: sho';
  const edited = printSlo({ ...proposedSlo('shop'), objective: 0.5, proposed: false });

  test('change nothing, and cost no proposal', () => {
    const folder = folderWith({ 'shop.yaml': printSlo(proposedSlo('shop')) });
    const book = new SloBook(folder, []);
    writeFileSync(join(folder, 'shop.yaml'), edited);
    book.propose(['blog']);
    expect(book.find('shop-availability').objective).toBe(0.999);
    writeFileSync(join(folder, 'shop.yaml'), TORN);
    book.propose(['blog', 'api']);
    expect(Object.keys(idsOf(book))).toEqual(['shop', 'api', 'blog']);
  });

  test('do not hinder that another one is kept', () => {
    const folder = folderWith();
    const book = new SloBook(folder, ['blog', 'api']);
    writeFileSync(join(folder, 'shop.yaml'), TORN);
    expect(readFileSync(book.keep('blog-availability'), 'utf8')).toBe(
      `# yaml-language-server: $schema=slo.schema.json\n${printSlo(proposedSlo('blog'))}`,
    );
    expect(readFileSync(join(folder, 'slo.schema.json'), 'utf8')).toBe(sloSchemaText());
    expect(book.slos.map(({ id, proposed }) => [id, proposed])).toEqual([
      ['blog-availability', false],
      ['api-availability', true],
    ]);
  });
});

describe('files that are to be read anew', () => {
  test('are in force when all are good, and never in part', () => {
    const folder = folderWith({ 'shop.yaml': printSlo(proposedSlo('shop')) });
    const book = new SloBook(folder, ['blog']);
    writeFileSync(join(folder, 'shop.yaml'), printSlo({ ...proposedSlo('shop'), objective: 0.5 }));
    writeFileSync(join(folder, 'torn.yaml'), 'slos:\n  - id: sho');
    book.reload(ms(7));
    expect(book.find('shop-availability').objective).toBe(0.999);
    expect(book.refused).toMatchObject({
      time: 7,
      problems: expect.arrayContaining([expect.stringMatching(/torn\.yaml:/)]),
    });
    rmSync(join(folder, 'torn.yaml'));
    book.reload(ms(8));
    expect(book.find('shop-availability').objective).toBe(0.5);
    expect(book.refused).toBeUndefined();
    expect(Object.keys(idsOf(book))).toEqual(['shop', 'blog']);
  });
  test('of which none is left leave proposals', () => {
    const folder = folderWith({ 'shop.yaml': printSlo(proposedSlo('shop')) });
    const book = new SloBook(folder, ['shop']);
    rmSync(join(folder, 'shop.yaml'));
    book.reload(ms(1));
    expect(book.slos.map(({ proposed }) => proposed)).toEqual([true]);
  });
});

describe('a proposal is not kept', () => {
  const refuses = (what: string, files: Readonly<Record<string, string>>, message: RegExp) =>
    test(what, () => {
      const folder = folderWith();
      const book = new SloBook(folder, ['shop']);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      expect(() => book.keep('shop-availability')).toThrow(expect.objectContaining({ code: 'conflict' }));
      expect(() => book.keep('shop-availability')).toThrow(message);
      expect(readdirSync(folder)).toEqual(Object.keys(files));
      expect(book.find('shop-availability').proposed).toBe(true);
    });
  refuses('over a file of its name', { 'shop-availability.yaml': 'slos: []\n' }, /the file exists/);
  refuses(
    'when a file has taken its id since',
    { 'a.yaml': printSlo(proposedSlo('shop')) },
    /already taken in .*a\.yaml/,
  );
  test('twice', () => {
    const book = new SloBook(folderWith(), ['shop']);
    book.keep('shop-availability');
    expect(() => book.keep('shop-availability')).toThrow('it is kept already');
  });
  test('when the next start could not read it', () => {
    const folder = folderWith();
    const book = new SloBook(folder, ['x'.repeat(201)]);
    const [slo] = book.slos;
    expect(() => book.keep(slo!.id)).toThrow('more than 200 characters');
    expect(readdirSync(folder)).toEqual([]);
  });
});
