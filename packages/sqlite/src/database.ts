import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { Thread } from '@quantrac/threads';
import type { Call } from './part.ts';
import type { DatabaseOptions, Question, WorkerOptions } from './protocol.ts';

/**
 * One SQLite file, worked by a thread of its own. Calls that wait at the same time share one commit;
 * whoever is answered is durable.
 */
export class Database {
  readonly path: string;
  readonly #thread: Thread;
  readonly #loaded = new Map<string, Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(path: string, options: DatabaseOptions = {}) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const workerData: WorkerOptions = { ...options, path };
    this.#thread = new Thread(new URL('./worker.js', import.meta.url), {
      workerData,
      ended: (cause) => Fault.unavailable('StoreUnavailable', `${path}: ${cause.message}`, cause),
    });
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
    this.#closed ??= this.#thread.close({ kind: 'close' } satisfies Question);
    return this.#closed;
  }

  #ask(question: Question, transfer: readonly ArrayBuffer[]): Promise<readonly unknown[]> {
    if (this.#closed) return Promise.reject(Fault.unavailable('StoreClosed', `${this.path} is closed`));
    return this.#thread.ask(question, transfer);
  }
}
