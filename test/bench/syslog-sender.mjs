// Sends numbered RFC 3164 messages of 200 bytes: node syslog-sender.mjs tcp|udp PORT COUNT [PER_SECOND]; prints when
// sending began and ended, ms since the epoch.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

const [mode, port, count, rate] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const message = (i) => {
  const head = `<${30 + (i % 8)}>Nov 21 03:30:${String(i % 60).padStart(2, '0')} host${i % 50} app[${1000 + (i % 9000)}]: seq=${i} `;
  return head.padEnd(199, 'x');
};
const moment = () => performance.timeOrigin + performance.now();
const began = mode === 'udp' ? await sendDatagrams() : await sendLines();
console.log(`${began} ${moment()}`);

async function sendLines() {
  const blocks = [];
  for (let i = 0; i < count; i += 500) {
    const lines = Array.from({ length: Math.min(500, count - i) }, (_, k) => `${message(i + k)}\n`);
    blocks.push(Buffer.from(lines.join('')));
  }
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const started = moment();
  for (const block of blocks) if (!socket.write(block)) await once(socket, 'drain');
  socket.end();
  await once(socket, 'close');
  return started;
}

async function sendDatagrams() {
  const datagrams = Array.from({ length: 10_000 }, (_, i) => Buffer.from(message(i)));
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const started = moment();
  let pending = 0;
  for (let i = 0; i < count; ) {
    const due = Math.min(count, Math.floor(((moment() - started) / 1000) * rate));
    for (let burst = 0; i < due && burst < 400; i++, burst++) {
      pending++;
      socket.send(datagrams[i % datagrams.length], () => pending--);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (pending > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  socket.close();
  return started;
}
