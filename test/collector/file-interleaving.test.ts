import { expect, test } from 'vitest';
import { Simulation } from './file-simulation.ts';

/** `SEED=7` repeats one and tells its steps, `SEEDS=10000` goes further than every day. */
const { SEED, SEEDS = '100' } = process.env;
const seeds = SEED === undefined ? Array.from({ length: Number(SEEDS) }, (_, i) => i + 1) : [Number(SEED)];

const exactly = (seed: number): void => {
  const simulation = new Simulation(seed);
  simulation.run();
  if (SEED !== undefined) console.log(simulation.steps().join('\n'));
  expect(simulation.report(), `SEED=${seed}`).toEqual({ missing: [], twice: [], lost: 0 });
};

test('every line once, and no loss told, whatever happens between two system calls', { timeout: 3_600_000 }, () => {
  for (const seed of seeds) exactly(seed);
});
