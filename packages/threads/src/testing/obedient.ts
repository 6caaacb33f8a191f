import { parentPort } from 'node:worker_threads';
import { Fault } from '@quantrac/event-sourcing';
import { toSent } from '../sent-error.ts';

/** Does what it is told, for tests of a thread. */
const port = parentPort!;
const deeds: Readonly<Record<string, () => unknown>> = {
  greet: () => 'hello',
  fault: () => {
    throw Fault.conflict('NameTaken', 'choose another');
  },
  bug: () => {
    throw new TypeError('x is not a function');
  },
  speak: () => port.postMessage({ said: 'unasked' }),
  die: () => process.exit(1),
  close: () => port.close(),
};

port.on('message', ({ id, deed }: { id: number; deed: string }) => {
  try {
    port.postMessage({ id, result: deeds[deed]!() });
  } catch (error) {
    port.postMessage({ id, error: toSent(error) });
  }
});
