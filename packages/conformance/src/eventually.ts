import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 15_000;

/** For tests: looks again and again until it has come to pass; fails when it does not. */
export async function eventually(met: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await met())) {
    if (performance.now() > end) throw new Error(`has not come to pass in ${PATIENCE_MS / 1000} seconds: ${met}`);
    await sleep(5);
  }
}
