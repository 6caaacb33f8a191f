import { parentPort, workerData } from 'node:worker_threads';
import { watchFolder } from '../folder-watcher.ts';
import { silent } from './recorder.ts';

/** Claims a file and hangs before anything becomes of it, until it is terminated. */
await watchFolder({
  ...(workerData as { root: string; claimFolder: string }),
  restMs: 0,
  scanEveryMs: 60_000,
  log: silent,
  receive: () => {
    parentPort!.postMessage('claimed');
    return new Promise(() => {});
  },
});
