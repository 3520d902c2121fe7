/**
 * How long anything is waited for, with `vi.waitFor` and `vi.waitUntil`; `expect.poll` has the same from vitest.config.ts. So much
 * that no machine is too busy for it: only a run that fails lasts as long.
 */
export const PATIENCE = { timeout: 90_000, interval: 50 } as const;
