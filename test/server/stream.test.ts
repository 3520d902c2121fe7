import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { type EventStream, eventStream } from '../../server/api/stream.ts';
import type { Evaluation, SloService } from '../../server/evaluation/slo-service.ts';
import { ms } from '../../server/model/units.ts';

/** Serves evaluations whose events are a little over `bytes` long, one at each `evaluate`. */
async function serve(bytes: number): Promise<{ port: number; stream: EventStream; evaluate: () => void }> {
  const gate = { decision: 'go' as const, time: 0, sentence: 'x'.repeat(bytes), reasons: [], slos: [] };
  const evaluation: Evaluation = { time: ms(0), slos: [], alerts: [], gate };
  const listeners = new Set<(evaluation: Evaluation) => void>();
  const slos: Pick<SloService, 'current' | 'onEvaluation'> = {
    current: async () => evaluation,
    onEvaluation: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const stream = eventStream(slos as SloService);
  const server = createServer(express().use(stream.router)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    stream.close();
    server.closeAllConnections();
    server.close();
  });
  const evaluate = (): void => {
    for (const listener of listeners) listener(evaluation);
  };
  return { port: (server.address() as AddressInfo).port, stream, evaluate };
}

/** Asks for the stream; a reader that is not `reading` takes nothing from its socket. */
function open(port: number, reading: boolean): { received(): number } {
  const socket = connect(port, '127.0.0.1');
  let received = 0;
  const take = (bytes: Buffer): void => {
    received += bytes.length;
  };
  if (reading) socket.on('data', take);
  socket.on('error', () => {});
  socket.write('GET /api/vigie/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
  onTestFinished(() => {
    socket.destroy();
  });
  return { received: () => received };
}

test('a reader that never reads is dropped and counted; one that reads gets everything', async () => {
  const bytes = 300_000;
  const { port, stream, evaluate } = await serve(bytes);
  open(port, false);
  const reader = open(port, true);
  await expect.poll(stream.count).toBe(2);
  let sent = 0;
  while (stream.dropped() === 0 && sent < 200) {
    await expect.poll(reader.received).toBeGreaterThan((sent + 1) * bytes);
    evaluate();
    sent++;
  }
  expect(stream.dropped()).toBe(1);
  expect(stream.count()).toBe(1);
  await expect.poll(reader.received).toBeGreaterThan((sent + 1) * bytes);
});

test('two hundred streams and no more, however many ask at once', async () => {
  const { port, stream } = await serve(100);
  const readers = Array.from({ length: 210 }, () => open(port, true));
  await expect.poll(() => readers.every(({ received }) => received() > 0)).toBe(true);
  expect(stream.count()).toBe(200);
});
