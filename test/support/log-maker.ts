import { closeSync, openSync, writeSync } from 'node:fs';
import { seeded } from './random.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/7.88.1',
];
const BLOCK_LINES = 20_000;

/** Writes an Apache combined log of `lines` lines, 50 a second, the same for the same seed. About 200 bytes a line. */
export function makeLog(path: string, lines: number, start: number, seed = 1): void {
  const random = seeded(seed);
  const file = openSync(path, 'w');
  const status = (): number => {
    const chance = random.next();
    return chance < 0.002 ? 503 : chance < 0.007 ? 500 : chance < 0.027 ? 404 : 200;
  };
  for (let written = 0; written < lines; written += BLOCK_LINES) {
    let text = '';
    for (let i = written; i < Math.min(lines, written + BLOCK_LINES); i++) {
      const host = `198.51.${random.below(16)}.${Math.floor(random.next() ** 2 * 256)}`;
      const query = random.next() < 0.03 ? `?id=${random.below(100_000)}` : '';
      const request = `GET /articles/${Math.floor(random.next() ** 2 * 1000)}.html${query} HTTP/1.1`;
      const end = `${status()} ${random.below(50_000)} "https://www.example.org/articles/" "${random.pick(AGENTS)}"`;
      text += `${host} - - [${apacheTime(start + i * 20)}] "${request}" ${end}\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
}

export function apacheTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
