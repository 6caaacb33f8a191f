import type { KafkaClient, SentRecord } from './kafka-client.ts';

interface Waiting {
  readonly topic: string;
  readonly records: readonly SentRecord[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A broker takes a batch of a partition whole or not at all, and no larger than a message may be. */
const MOST_BYTES_TOGETHER = 1 << 20;

/**
 * Sends in the order in which it was asked, one request after the other; what waits at the same time goes together.
 * After an error whatever waits behind it fails too: a newer record of a key must never overtake an older one that comes again.
 */
export class KafkaSender {
  readonly #client: Pick<KafkaClient, 'send'>;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;

  readonly #onSent: (topic: string, partition: number, end: number) => void;

  /** `onSent` is told behind which offset what was sent is durable. */
  constructor(client: Pick<KafkaClient, 'send'>, onSent: (topic: string, partition: number, end: number) => void) {
    this.#client = client;
    this.#onSent = onSent;
  }

  /** Resolves when all are durable. */
  async send(topic: string, records: readonly SentRecord[]): Promise<void> {
    const parts = inParts(records).map(
      ({ records, bytes }) =>
        new Promise<void>((resolve, reject) => this.#waiting.push({ topic, records, bytes, resolve, reject })),
    );
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const together = this.#next();
      try {
        for (const { topic, partition, end } of await this.#client.send(together)) this.#onSent(topic, partition, end);
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of [...together, ...this.#waiting.splice(0)]) reject(error);
      }
    }
  }

  #next(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const part of this.#waiting) {
      bytes += part.bytes;
      if (count > 0 && bytes > MOST_BYTES_TOGETHER) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

function inParts(
  records: readonly SentRecord[],
): { readonly records: readonly SentRecord[]; readonly bytes: number }[] {
  const parts: { records: SentRecord[]; bytes: number }[] = [];
  for (const record of records) {
    const bytes = record.value.length + record.key.length + 500;
    const part = parts.at(-1);
    if (part && part.bytes + bytes <= MOST_BYTES_TOGETHER) {
      part.records.push(record);
      part.bytes += bytes;
    } else parts.push({ records: [record], bytes });
  }
  return parts;
}
