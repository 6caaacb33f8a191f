import type { Topic } from './event-log.ts';
import type { KafkaClient } from './kafka-client.ts';
import type { KafkaLogBook } from './kafka-log-book.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** How far a service's topics had come, as its own store remembers it. */
export interface KeptMark {
  readonly epoch: number;
  /** By topic and partition (`<topic>/<partition>`), behind the newest record that the broker acknowledged. */
  readonly ends: Ends;
}

export type Ends = Readonly<Record<string, number>>;

/** Where the mark is kept: beside what is published, and not on the broker, so that either one is found out when it was restored. */
export interface MarkKeeper {
  read(): Promise<{ readonly mark: KeptMark; readonly revision: number } | undefined>;
  /** False: another instance has written since that revision; 0: none was there. */
  write(mark: KeptMark, expected: number): Promise<boolean>;
}

export interface KafkaEpochsOptions {
  readonly client: KafkaClient;
  readonly topics: KafkaTopics;
  readonly book: KafkaLogBook;
  readonly service: string;
  /** Those that it produces. */
  readonly declares: readonly Topic[];
  readonly keeper: MarkKeeper | undefined;
}

/** Which epoch a service publishes in: raised when the broker stands behind what it had acknowledged, or the store behind what it had published. */
export class KafkaEpochs {
  readonly #options: KafkaEpochsOptions;
  readonly #ends: Record<string, number> = {};
  #epoch = 1;
  #isRemembered = true;

  constructor(options: KafkaEpochsOptions) {
    this.#options = options;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Finds the epoch, and raises it when the broker was restored. */
  async open(): Promise<void> {
    const { book, service, keeper } = this.#options;
    const { epoch } = await book.of(service);
    const kept = (await keeper?.read())?.mark;
    this.#epoch = Math.max(epoch, kept?.epoch ?? 1);
    if (!kept) return;
    const highs = await this.#highs();
    if (Object.entries(kept.ends).some(([part, end]) => (highs[part] ?? 0) < end)) await this.raise();
    else if (kept.epoch > epoch) await this.#writeBook(kept);
  }

  /**
   * Takes on the epoch that another instance has raised since this one looked, else raises it. The mark and the book are two writes: whoever
   * finds the first without the second makes it.
   */
  async raise(): Promise<number> {
    const { book, service, keeper } = this.#options;
    for (;;) {
      const kept = await keeper?.read();
      await book.read();
      const { epoch } = await book.of(service);
      const known = Math.max(epoch, kept?.mark.epoch ?? 1);
      if (known > this.#epoch) {
        if (kept && kept.mark.epoch > epoch) await this.#writeBook(kept.mark);
        this.#epoch = known;
        return known;
      }
      const mark = { epoch: known + 1, ends: await this.#highs() };
      if (keeper && !(await keeper.write(mark, kept?.revision ?? 0))) continue;
      await this.#writeBook(mark);
      Object.assign(this.#ends, mark.ends);
      return this.#epoch;
    }
  }

  noteSent(part: string, end: number): void {
    if ((this.#ends[part] ?? 0) >= end) return;
    this.#ends[part] = end;
    this.#isRemembered = false;
  }

  /** What was acknowledged, for whoever opens next; instances remember together, and take on the epoch that one of them has raised. */
  async remember(): Promise<void> {
    const { keeper } = this.#options;
    if (!keeper) return;
    const kept = await keeper.read();
    this.#epoch = Math.max(this.#epoch, kept?.mark.epoch ?? 1);
    if (this.#isRemembered) return;
    this.#isRemembered = true;
    const ends = { ...kept?.mark.ends };
    for (const [part, end] of Object.entries(this.#ends)) ends[part] = Math.max(end, ends[part] ?? 0);
    if (!(await keeper.write({ epoch: this.#epoch, ends }, kept?.revision ?? 0))) this.#isRemembered = false;
  }

  /** By part, what the broker holds beyond what the store remembers. */
  async beyondRemembered(): Promise<readonly { readonly part: string; readonly from: number; readonly to: number }[]> {
    const { keeper } = this.#options;
    if (!keeper) return [];
    const kept = (await keeper.read())?.mark.ends ?? {};
    return Object.entries(await this.#highs()).flatMap(([part, to]) => {
      const from = kept[part] ?? 0;
      return from < to ? [{ part, from, to }] : [];
    });
  }

  /** The store was found to know all that its topics hold, perhaps because another instance has raised the epoch. */
  async proven(): Promise<void> {
    const { keeper } = this.#options;
    this.#epoch = Math.max(this.#epoch, (await keeper?.read())?.mark.epoch ?? 1);
    for (const [part, end] of Object.entries(await this.#highs())) this.noteSent(part, end);
    await this.remember();
  }

  async #writeBook({ epoch, ends }: KeptMark): Promise<void> {
    const { book, service } = this.#options;
    const { begun } = await book.of(service);
    await book.write(service, { epoch, begun: [...begun.filter((one) => one.epoch < epoch), { epoch, at: ends }] });
    this.#epoch = epoch;
  }

  async #highs(): Promise<Ends> {
    const { client, topics, declares } = this.#options;
    const highs: Record<string, number> = {};
    for (const topic of declares)
      for (const { partition, high } of await client.offsets(topics.nameOf(topic)))
        highs[`${topic.name}/${partition}`] = high;
    return highs;
  }
}
