import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '@quantrac/event-sourcing';
import type { Call } from './part.ts';
import { fromSent, type Reply, type Request, type WorkerOptions } from './protocol.ts';

type Waiting = { resolve: (results: readonly unknown[]) => void; reject: (error: Error) => void };

/**
 * One SQLite file, worked by a thread of its own. Calls that wait at the same time share one commit;
 * whoever is answered is durable.
 */
export class Database {
  readonly path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #loaded = new Map<string, Promise<unknown>>();
  #lastId = 0;
  #closed: Promise<void> | undefined;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const options: WorkerOptions = { path, readOnly: false };
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread of this file has ended')));
  }

  /** Loads a port's part into the thread, once; `module` exports `part`. */
  async load(module: URL): Promise<void> {
    const known = this.#loaded.get(module.href);
    const loading = known ?? this.#ask({ kind: 'load', module: module.href }, []);
    if (!known) this.#loaded.set(module.href, loading);
    await loading;
  }

  /** One operation, committed when it resolves. Buffers in `transfer` are moved and gone here. */
  async call<R>(operation: string, argument: unknown, transfer: readonly ArrayBuffer[] = []): Promise<R> {
    const [result] = await this.#ask({ kind: 'run', calls: [{ operation, argument }] }, transfer);
    return result as R;
  }

  /** Operations of any parts, committed together or not at all. */
  async transaction(calls: readonly Call[], transfer: readonly ArrayBuffer[] = []): Promise<readonly unknown[]> {
    return this.#ask({ kind: 'run', calls }, transfer);
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#ask({ kind: 'close' }, []);
      await new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    })();
    return this.#closed;
  }

  #ask(request: RequestBody, transfer: readonly ArrayBuffer[]): Promise<readonly unknown[]> {
    if (this.#closed && request.kind !== 'close')
      return Promise.reject(Fault.unavailable('StoreClosed', `${this.path} is closed`));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id }, transfer);
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(fromSent(reply.error));
    else waiting?.resolve(reply.results);
  }

  #fail(cause: Error): void {
    const fault = Fault.unavailable('StoreUnavailable', `${this.path}: ${cause.message}`, cause);
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}

type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;
