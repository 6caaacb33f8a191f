import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Step, type StepOptions } from '../step.ts';
import type { StepStore } from '../step-store.ts';
import { adding, doubles, handleIn, type OpenedStores, openStores, rejected, sums } from './adding.ts';

/** Stores in a folder of their own; both are gone when the test has ended. */
export async function openedStores(t: TestContext, leaseMs?: number): Promise<OpenedStores & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'step-'));
  const stores = await openStores(folder, leaseMs);
  t.after(async () => {
    await stores.log.close();
    await stores.database.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, ...stores };
}

/** One instance that adds, over such stores. */
export const addingStep = (
  stores: OpenedStores,
  store: StepStore,
  options: Partial<StepOptions<number>> = {},
): Step<number> =>
  new Step({
    processor: adding,
    store,
    node: 'n1',
    epoch: () => 1,
    topics: [sums, doubles],
    rejected,
    handle: handleIn(stores),
    ...options,
  });
