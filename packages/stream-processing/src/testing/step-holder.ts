import { consume } from '../consume.ts';
import type { FaultPoint } from '../step-store.ts';
import { adding, numbers, openStores, type Profile, rejected, stepStoreOf } from './adding.ts';
import { addingStep } from './opened.ts';

export interface HolderTask {
  readonly folder: string;
  readonly profile: Profile;
  readonly leaseMs: number;
  /** Where it says so and waits, the first time. */
  readonly point: FaultPoint;
}

const say = (content: string) => process.send!({ content });

/** The first time at a point: says so, and goes on when it is told to. */
function waitingAt(point: FaultPoint) {
  let waited = false;
  return async (reached: FaultPoint) => {
    if (reached !== point || waited) return;
    waited = true;
    say('waits');
    await new Promise((resolve) => process.once('message', resolve));
  };
}

/** Another process that follows `numbers`, until its parent is gone; says when a batch has left it, and how. */
async function hold({ folder, profile, leaseMs, point }: HolderTask): Promise<void> {
  process.once('disconnect', () => process.exit());
  const stores = await openStores(folder, leaseMs);
  const store = await stepStoreOf(profile, stores.database, stores);
  const step = addingStep(stores, store, { at: waitingAt(point) });
  const take = step.take.bind(step);
  step.take = (...args) => take(...args).finally(() => say('has left a batch'));
  const history = () => Promise.reject(new Error(`${numbers.name} is all there`));
  await consume({ processor: adding, step, store, rejected, history: history as never });
}

await hold(JSON.parse(process.argv[2]!) as HolderTask);
