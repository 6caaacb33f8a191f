import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Reply } from '@quantrac/threads';
import { checkpointsWhenIdle } from './checkpoints.ts';
import { block, isBusy, openConnection, RETRY_AFTER_MS } from './connection.ts';
import type { Operation, Part } from './part.ts';
import { type Request, sentOf, type WorkerOptions } from './protocol.ts';

type Run = Extract<Request, { kind: 'run' }>;
type Answer = Reply<readonly unknown[]>;

const port = parentPort!;
const { path, commitDelayMs = 0 } = workerData as WorkerOptions;
const connection = openConnection(path);
const operations = new Map<string, Operation>();
const begin = connection.prepare('BEGIN IMMEDIATE');
const commit = connection.prepare('COMMIT');
const rollback = connection.prepare('ROLLBACK');
/** More jobs than this wait for the next commit. */
const jobsPerCommit = 1000;
const waiting: Request[] = [];
let busy = false;
const onRollback: (() => void)[] = [];
const onCommit: (() => void)[] = [checkpointsWhenIdle(connection, () => !busy)];

port.on('message', (request: Request) => {
  waiting.push(request);
  if (!busy) void work();
});

async function work(): Promise<void> {
  busy = true;
  try {
    while (drain() > 0) await next();
  } finally {
    busy = false;
  }
}

/** Takes what has arrived meanwhile, so that one commit serves all who wait. */
function drain(): number {
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) waiting.push(more.message);
  return waiting.length;
}

async function next(): Promise<void> {
  const first = waiting[0]!;
  if (first.kind !== 'run') {
    waiting.shift();
    await answer(first.id, () => (first.kind === 'load' ? load(first.module) : close()));
    return;
  }
  let count = 0;
  while (count < waiting.length && count < jobsPerCommit && waiting[count]!.kind === 'run') count++;
  const jobs = waiting.splice(0, count) as Run[];
  if (jobs.some(writes)) await together(jobs);
  else for (const job of jobs) await answer(job.id, () => perform(job));
}

const writes = (job: Run) => job.calls.some(({ operation }) => operations.get(operation)?.writes ?? false);

const perform = (job: Run): unknown[] =>
  job.calls.map(({ operation, argument }) => {
    const known = operations.get(operation);
    if (!known) throw new Error(`no part offers the operation ${operation}`);
    return known.run(argument as never);
  });

/** All jobs in one transaction, each in its own savepoint; nobody is answered before the commit. */
async function together(jobs: readonly Run[]): Promise<void> {
  let replies: Answer[];
  try {
    await beginWhenFree();
    replies = jobs.map(inSavepoint);
    commitNow();
  } catch (error) {
    undo();
    const sent = sentOf(error, path);
    replies = jobs.map(({ id }) => ({ id, error: sent }));
  }
  for (const reply of replies) send(reply);
}

function commitNow(): void {
  if (commitDelayMs > 0) block(commitDelayMs);
  commit.run();
  for (const tell of onCommit) tell();
}

function undo(): void {
  if (connection.inTransaction) rollback.run();
  for (const tell of onRollback) tell();
}

/** Another writer of this file is waited for without freezing the thread. */
async function beginWhenFree(): Promise<void> {
  for (;;) {
    try {
      begin.run();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * (0.5 + Math.random())));
    }
  }
}

function inSavepoint(job: Run, _index: number, jobs: readonly Run[]): Answer {
  const alone = jobs.length === 1;
  if (!alone) connection.exec('SAVEPOINT job');
  try {
    const results = perform(job);
    if (!alone) connection.exec('RELEASE job');
    return { id: job.id, result: results };
  } catch (error) {
    // SQLite itself may roll the whole transaction back when the disk is full: then all jobs fail together.
    if (alone || !connection.inTransaction) throw error;
    connection.exec('ROLLBACK TO job; RELEASE job');
    for (const tell of onRollback) tell();
    return { id: job.id, error: sentOf(error, path) };
  }
}

async function load(module: string): Promise<unknown[]> {
  const { part } = (await import(module)) as { part: Part };
  await beginWhenFree();
  try {
    const offered = part.open(
      connection,
      (tell) => onRollback.push(tell),
      (tell) => onCommit.push(tell),
    );
    for (const [name, operation] of Object.entries(offered)) operations.set(`${part.name}.${name}`, operation);
    commitNow();
  } catch (error) {
    undo();
    throw error;
  }
  return [];
}

function close(): unknown[] {
  connection.close();
  setImmediate(() => port.close());
  return [];
}

async function answer(id: number, work: () => unknown[] | Promise<unknown[]>): Promise<void> {
  try {
    send({ id, result: await work() });
  } catch (error) {
    send({ id, error: sentOf(error, path) });
  }
}

/** Buffers that operations return as their own are moved, not copied. */
function send(reply: Answer): void {
  port.postMessage(reply, 'result' in reply ? transferable(reply.result) : []);
}

function transferable(results: readonly unknown[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const result of results) {
    const list = (result as { transfer?: readonly Uint8Array[] } | undefined)?.transfer;
    for (const bytes of list ?? []) buffers.add(bytes.buffer as ArrayBuffer);
  }
  return [...buffers];
}
