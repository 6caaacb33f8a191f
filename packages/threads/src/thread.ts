import { Worker } from 'node:worker_threads';
import type { Fault } from '@quantrac/event-sourcing';
import { fromSent, type SentError } from './sent-error.ts';

/** What a thread answers to the question with this id. */
export type Reply<R = unknown> =
  | { readonly id: number; readonly result: R }
  | { readonly id: number; readonly error: SentError };

export interface ThreadOptions {
  readonly workerData: unknown;
  /** What becomes of questions once the thread has ended. */
  readonly ended: (cause: Error) => Fault;
  /** Hears what it says unasked. */
  readonly told?: (message: unknown) => void;
}

type Waiting = { resolve: (result: never) => void; reject: (error: Error) => void };

/** A thread that is asked by messages `{ id, ...question }` and answers each with a `Reply`. */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #options: ThreadOptions;
  readonly #exited: Promise<void>;
  #lastId = 0;
  /** Why it has ended, once it has: nothing would answer any more. */
  #ended: Fault | undefined;

  constructor(module: URL, options: ThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(module, { workerData: options.workerData });
    this.#worker.on('message', (message: Reply) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#exited.then(() => this.#end(new Error('its thread has ended')));
  }

  /** Buffers in `transfer` are moved and gone here. */
  ask<R>(question: object, transfer: readonly ArrayBuffer[] = []): Promise<R> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id }, transfer);
    });
  }

  /** Asks a last question, after which the thread ends of itself. */
  async close(last: object): Promise<void> {
    if (this.#ended) return;
    await this.ask(last).catch(() => undefined);
    await this.#exited;
  }

  #hear(message: Reply): void {
    if ('id' in message) this.#settle(message);
    else this.#options.told?.(message);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(fromSent(reply.error));
    else waiting?.resolve(reply.result as never);
  }

  #end(cause: Error): void {
    this.#ended ??= this.#options.ended(cause);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
