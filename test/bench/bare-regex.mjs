// What a quick script does: split, one regular expression a line, count by status, sum the bytes. No file position, no durability.
import { createReadStream } from 'node:fs';

const LINE = /^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) ([^"]*?) (HTTP\/[\d.]+)" (\d{3}) (\d+|-)/;
const counts = new Map();
let bytes = 0;
let rest = '';
for await (const text of createReadStream(process.argv[2], { encoding: 'utf8', highWaterMark: 1 << 20 })) {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) continue;
    counts.set(match[7], (counts.get(match[7]) ?? 0) + 1);
    bytes += Number(match[8]) || 0;
  }
}
console.log(Object.fromEntries(counts), bytes);
