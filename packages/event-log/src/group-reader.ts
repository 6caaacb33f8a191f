import type { Batch, Lag, Positions, ReceivedRecord, SubscribeOptions, Subscription, Topic } from './event-log.ts';

const LOOK_AGAIN_MS = 250;
const RETRY_MS = 500;
const MAX_RECORDS = 1000;

/** An independently moving part of a topic, by the name that positions have for it. */
export interface Part {
  readonly name: string;
  readonly topic: Topic;
}

/** What a member of a group holds; another object after each time that others may have held it. */
export interface Holding {
  readonly parts: readonly Part[];
}

export interface Asked {
  readonly part: Part;
  readonly from: string | undefined;
}

/** Which parts are a member's own, and how they are read. */
export interface Membership {
  /** Without parts while other members hold everything; undefined while it is no member, or does not know. */
  held(): Promise<Holding | undefined>;
  /** Parts one after the other until so many records are found; undefined: not read, or there is none yet. */
  readMany(asked: readonly Asked[], maxRecords: number): Promise<readonly (Batch | 'lost' | undefined)[]>;
  /** Until so long has passed, or there is something new. */
  rest(ms: number, despite?: 'whatever is written'): Promise<void>;
  /** Ends a rest, and all rests to come. */
  wake(): void;
  /** Gives back what is held. */
  leave(): Promise<void>;
  /** Whether it has parts of its own now. */
  isActive(): boolean;
}

/** What was read ahead; `lost` names a topic of which a mark cannot be served any more. */
type Ahead = Batch & { readonly lost?: Part };

/** One member of a group: reads the parts that it holds and hands over batches in order, one at a time. */
export class GroupReader implements Subscription {
  readonly #membership: Membership;
  readonly #options: SubscribeOptions;
  #holding: Holding | undefined;
  #positions: Positions = {};
  /** The batch behind `#positions`, read while the one before was handled. */
  #ahead: Promise<Ahead> | undefined;
  #turn = 0;
  /** By part, the turn in which it last gave records. */
  readonly #gave = new Map<string, number>();
  #stopping = false;
  #lastError: string | undefined;
  readonly #running: Promise<void>;

  constructor(membership: Membership, options: SubscribeOptions) {
    this.#membership = membership;
    this.#options = options;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping = true;
    this.#membership.wake();
    await this.#running;
    await this.#membership.leave();
  }

  health = () => ({
    active: this.#membership.isActive(),
    ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
  });

  /** `end` answers the marks behind a topic's newest records. */
  async behind(end: (topic: Topic) => Promise<Positions>): Promise<readonly Lag[]> {
    if (!this.#membership.isActive()) return [];
    const byTopic = Map.groupBy(this.#holding?.parts ?? [], ({ topic }) => topic);
    const lags = [...byTopic].map(async ([topic, parts]) => {
      const ends = await end(topic);
      const left = parts.map(({ name }) => Math.max(0, offsetOf(ends[name]) - offsetOf(this.#positions[name])));
      return { group: this.#options.group, topic: topic.name, records: left.reduce((sum, one) => sum + one, 0) };
    });
    return Promise.all(lags);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        const holding = await this.#held();
        if (!holding?.parts.length) await this.#membership.rest(LOOK_AGAIN_MS, 'whatever is written');
        else if (!(await this.#takeNext(holding))) await this.#membership.rest(LOOK_AGAIN_MS);
        // who is no member yet cannot know whether what was wrong is over
        if (holding) this.#lastError = undefined;
      } catch (error) {
        await this.#dropAhead();
        this.#lastError = (error as Error).message;
        await this.#membership.rest(RETRY_MS, 'whatever is written');
      }
    }
  }

  /** What is ours; where another may have held it in between, the group's store says where it stands. */
  async #held(): Promise<Holding | undefined> {
    const holding = await this.#membership.held();
    if (!holding?.parts.length || holding === this.#holding) return holding;
    await this.#dropAhead();
    this.#positions = await this.#options.positions();
    this.#holding = holding;
    return holding;
  }

  /** One batch over all parts, while the next is read; false when there was nothing. */
  async #takeNext({ parts }: Holding): Promise<boolean> {
    const { lost, ...batch } = await (this.#ahead ?? this.#readFrom(parts, this.#positions));
    this.#ahead = undefined;
    if (lost !== undefined) {
      const found = await this.#options.onPositionLost(lost.topic.name, this.#positions[lost.name] ?? 'the beginning');
      this.#positions = { ...this.#positions, ...found };
      return true;
    }
    if (batch.records.length === 0) return false;
    const after = { ...this.#positions, ...batch.positions };
    this.#ahead = this.#readFrom(parts, after);
    this.#ahead.catch(() => undefined);
    await this.#options.handle(batch);
    this.#positions = after;
    return true;
  }

  /** Nothing else is read before it has ended: two reads at once would take each other's records. */
  async #dropAhead(): Promise<void> {
    await this.#ahead?.catch(() => undefined);
    this.#ahead = undefined;
  }

  /** From each part in turn, those first that have waited longest, until the batch is full. */
  async #readFrom(parts: readonly Part[], positions: Positions): Promise<Ahead> {
    const records: ReceivedRecord[] = [];
    const moved: Record<string, string> = {};
    const asked = parts
      .toSorted((a, b) => this.#gaveAt(a) - this.#gaveAt(b))
      .map((part) => ({ part, from: positions[part.name] }));
    const read = await this.#membership.readMany(asked, this.#options.maxRecords ?? MAX_RECORDS);
    for (const [at, batch] of read.entries()) {
      if (batch === undefined) continue;
      const { part, from } = asked[at]!;
      const lost = { records: [], positions: {}, lost: part };
      if (batch === 'lost') return lost;
      const begun = from ?? batch.records[0]?.position ?? batch.positions[part.name];
      const isCut = from === undefined && begun !== undefined && !isBeginning(begun);
      if (isCut && !part.topic.compacted) return lost;
      for (const record of batch.records) records.push(record);
      if (batch.records.length === 0) continue;
      Object.assign(moved, batch.positions);
      this.#gave.set(part.name, this.#turn);
    }
    this.#turn++;
    return { records, positions: moved };
  }

  #gaveAt = ({ name }: Part): number => this.#gave.get(name) ?? -1;
}

/** Marks of both logs end with it; none is the beginning. */
const offsetOf = (mark = ':0'): number => Number(mark.slice(mark.lastIndexOf(':') + 1));

/** The mark of a part's very first record. */
const isBeginning = (mark: string): boolean => mark.endsWith(':0');
