import { parentPort, workerData } from 'node:worker_threads';
import { toSent } from '@quantrac/threads';
import type { FolderBatch, Settled } from './folder-hand.ts';
import { folderLog } from './folder-log.ts';
import { type FolderWork, type FolderWorkOptions, openFolderWork } from './folder-work.ts';

export type FolderQuestion =
  | { readonly kind: 'open' | 'next' | 'scanNow' | 'close' }
  | { readonly kind: 'settle'; readonly settled: readonly Settled[] };

const port = parentPort!;
let work: FolderWork | undefined;

const answerTo = async (question: FolderQuestion): Promise<FolderBatch | undefined> => {
  if (question.kind === 'open')
    work = openFolderWork(
      workerData as FolderWorkOptions,
      folderLog((line) => port.postMessage(line)),
    );
  else if (question.kind === 'settle') work!.settle(question.settled);
  else return (await work?.[question.kind]()) ?? undefined;
  return undefined;
};

port.on('message', async ({ id, ...question }: FolderQuestion & { id: number }) => {
  try {
    const result = await answerTo(question);
    port.postMessage({ id, result }, result ? [result.bytes.buffer] : []);
  } catch (error) {
    port.postMessage({ id, error: toSent(error) });
  }
  if (question.kind === 'close') port.close();
});
