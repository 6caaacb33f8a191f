import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '@quantrac/event-sourcing';
import type { Call } from './part.ts';
import { type DatabaseOptions, fromSent, type Reply, type Request, type WorkerOptions } from './protocol.ts';

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
  /** Why the thread has ended, once it has: nothing would answer any more. */
  #ended: Fault | undefined;

  constructor(path: string, options: DatabaseOptions = {}) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const workerData: WorkerOptions = { ...options, path };
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('its thread has ended')));
  }

  /** Loads a port's part into the thread, once; `module` exports `part`. */
  async load(module: URL): Promise<void> {
    const { href } = module;
    const known = this.#loaded.get(href);
    if (known) return void (await known);
    const loading = this.#ask({ kind: 'load', module: href }, []);
    this.#loaded.set(href, loading);
    loading.catch(() => this.#loaded.delete(href));
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

  /** Answers what was asked before, then closes the file. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      if (this.#ended) return;
      const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
      await this.#ask({ kind: 'close' }, []).catch(() => undefined);
      await exited;
    })();
    return this.#closed;
  }

  #ask(request: RequestBody, transfer: readonly ArrayBuffer[]): Promise<readonly unknown[]> {
    if (this.#closed && request.kind !== 'close')
      return Promise.reject(Fault.unavailable('StoreClosed', `${this.path} is closed`));
    if (this.#ended) return Promise.reject(this.#ended);
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

  #end(cause: Error): void {
    this.#ended ??= Fault.unavailable('StoreUnavailable', `${this.path}: ${cause.message}`, cause);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;
