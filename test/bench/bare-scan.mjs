// A floor for every reader: finds the line ends of a file in blocks of 1 MiB and does nothing else.
import { closeSync, openSync, readSync } from 'node:fs';

const file = openSync(process.argv[2], 'r');
const block = Buffer.allocUnsafe(1 << 20);
let lines = 0;
for (let read = readSync(file, block); read > 0; read = readSync(file, block)) {
  const part = block.subarray(0, read);
  for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) lines++;
}
closeSync(file);
console.log(lines);
