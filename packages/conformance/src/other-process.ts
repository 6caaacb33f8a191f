import type { ChildProcess } from 'node:child_process';

/** Between a test and a deed; a question carries an id, and so does its answer. */
export type Message = { readonly id?: number; readonly content: unknown };

/** A process that performs a deed, and what it has said. */
export class OtherProcess {
  readonly said: unknown[] = [];
  /** Its exit code, or the signal that ended it; then all that it said has been heard. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  #isEnded = false;
  #told: () => void = () => {};

  constructor(child: ChildProcess, answer: (question: unknown) => unknown = () => undefined) {
    this.#child = child;
    const silent = new Promise((resolve) => child.once('disconnect', resolve));
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => void silent.then(() => resolve(code ?? signal!))),
    );
    void this.ended.then(() => {
      this.#isEnded = true;
      this.#told();
    });
    child.on('message', async ({ id, content }: Message) => {
      if (id === undefined) this.said.push(content);
      else child.send({ id, content: await answer(content) } satisfies Message, () => {});
      this.#told();
    });
  }

  /** Resolves when it has said so much; fails when it ends before. */
  async hear(messages: number): Promise<void> {
    while (this.said.length < messages) {
      if (this.#isEnded) throw new Error(`the process ended after ${this.said.length} of ${messages} messages`);
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** As `kill -9`, at once. */
  async kill(): Promise<void> {
    if (!this.#isEnded) this.signal('SIGKILL');
    await this.ended;
  }
}
