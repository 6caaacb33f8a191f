import { setTimeout as sleep } from 'node:timers/promises';
import { hasEvents, type MongoCommits, type NewCommit } from './mongo-commits.ts';

const TOGETHER = 500;
/** Whoever has lost a position waits up to twice as long each time, up to this. */
const LONGEST_WAIT_MS = 32;

interface Waiting {
  readonly commit: NewCommit;
  readonly expected: number;
  readonly resolve: (version: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives commits their positions. A position is inserted only once the one before it is there for good, and each is unique: so none is ever
 * left out, and none appears behind one that a reader has passed. Those that wait at the same time go together, or each would wait for another's journal.
 */
export class MongoAppends {
  #waiting: Waiting[] = [];
  #isWriting = false;
  /** The next position, as far as this process knows. */
  #next: number | undefined;
  #lost = 0;

  constructor(private readonly commits: MongoCommits) {}

  /** The version that it is answered with. Throws the Fault `conflict`. */
  append(commit: NewCommit, expected: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, expected, resolve, reject });
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    // what is asked for at the same moment goes together
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, TOGETHER);
      try {
        this.#waiting.unshift(...(await this.#writeInOrder(group)));
      } catch (error) {
        this.#next = undefined;
        for (const { reject } of group) reject(error);
      }
    }
    this.#isWriting = false;
  }

  /** Those that are to be tried again. */
  async #writeInOrder(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    this.#next ??= (await this.commits.lastPosition()) + 1;
    const written = await this.commits.insert(
      group.map(({ commit }) => commit),
      this.#next,
    );
    const done = group.slice(0, written);
    for (const { commit, resolve } of done) resolve(commit.to);
    this.#next += done.filter(({ commit }) => hasEvents(commit)).length;
    if (written > 0) this.#lost = 0;
    if (written === group.length) return [];
    const [refused, ...behind] = group.slice(written) as [Waiting, ...Waiting[]];
    this.#next = undefined;
    if (await this.#isSettled(refused)) return behind;
    await this.#waitForOthers();
    return [refused, ...behind];
  }

  /** A refused commit was answered before or has lost its version; otherwise another process has its position. */
  async #isSettled({ commit, expected, resolve, reject }: Waiting): Promise<boolean> {
    try {
      const answered = await this.commits.standing(commit, expected);
      if (answered !== undefined) resolve(answered);
      return answered !== undefined;
    } catch (error) {
      reject(error);
      return true;
    }
  }

  async #waitForOthers(): Promise<void> {
    const longest = Math.min(2 ** this.#lost++, LONGEST_WAIT_MS);
    await sleep(Math.random() * longest);
  }
}
