import { rejectedTopic, sequenceOf, topics } from '@quantrac/contracts';
import { openEmbeddedStores } from '@quantrac/service';
import { type Message, messageOf, type Processor, Step } from '@quantrac/stream-processing';
import { temporaryFolder } from '@quantrac/testing';
import { qualityControl } from '../processors/quality-control.ts';
import { station } from './builders.ts';

/** One version of one fact, as it is stored. */
export interface StoredVersion {
  readonly type: string;
  readonly series: string;
  readonly time: number;
  readonly version: number;
  readonly text: string;
}

/** One station's quality control over real stores, batch by batch. */
export interface StoredStation {
  /** `percent`: the setting from this batch on, as after a start. */
  take(messages: readonly Message[], percent?: number): Promise<void>;
  /** Takes what it has asked of itself until now; false: nothing. */
  takeOwn(): Promise<boolean>;
  /** All versions of checked sets, advances and means. */
  versions(): Promise<readonly StoredVersion[]>;
  close(): Promise<void>;
}

/** `broken`: ids of messages that it stumbles over, while they are in there. */
export async function openStoredStation(broken: ReadonlySet<string> = new Set()): Promise<StoredStation> {
  const stores = await openEmbeddedStores(temporaryFolder(), 'quality-control');
  let step = stepOf(stores, 75, broken);
  let own = 0;
  const take: StoredStation['take'] = async (messages, percent) => {
    if (percent !== undefined) step = stepOf(stores, percent, broken);
    for (const { message, outcome, error } of await step.take(messages))
      if (outcome !== 'taken' && !broken.has(message.id)) throw error ?? outcome;
  };
  return {
    take,
    async takeOwn() {
      const { records } = await stores.log.read(topics.rechecks, {}, 1e6);
      const asked = records.slice(own);
      own = records.length;
      await take(asked.map((record) => messageOf(topics.rechecks.name, record)));
      return asked.length > 0;
    },
    async versions() {
      const all = { key: station, from: 0, to: Number.MAX_SAFE_INTEGER, versions: 'all' } as const;
      const collections = [topics.observationsChecked.name, topics.aggregates.name];
      const rows = await stores.series.ranges(collections.map((collection) => ({ ...all, collection })));
      return rows.flat().map(({ type, series, time, version, value }) => {
        return { type, series, time, version, text: Buffer.from(value).toString() };
      });
    },
    close: () => stores.close(),
  };
}

type Stored = Awaited<ReturnType<typeof openEmbeddedStores>>;

const stepOf = (stores: Stored, dataCapturePercent: number, broken: ReadonlySet<string>) =>
  new Step({
    processor: stumbling(qualityControl({ dataCapturePercent }), broken),
    store: stores.steps,
    node: 'node1',
    epoch: () => 1,
    topics: [topics.observationsChecked, topics.aggregates, topics.rechecks],
    rejected: rejectedTopic('quality-control', 'quality-control'),
  });

const stumbling = <State>(processor: Processor<State>, broken: ReadonlySet<string>): Processor<State> => ({
  ...processor,
  decide(state, message, rows) {
    if (broken.has(message.id)) throw new Error(`stumbles over ${message.id}`);
    return processor.decide(state, message, rows);
  },
});

export interface ToldRecord {
  readonly topic: string;
  readonly type: string;
  readonly data: { readonly knownAt: string };
}

/** The records of a station as their topics number them. */
export function numbered(told: readonly ToldRecord[]): Message[] {
  const numbers = new Map<string, number>();
  return told.map(({ topic, type, data }) => {
    const number = (numbers.get(topic) ?? 0) + 1;
    numbers.set(topic, number);
    const sequence = sequenceOf(1, number, 0);
    const value = Buffer.from(JSON.stringify(data));
    const knownAt = Date.parse(data.knownAt);
    return { topic, key: station, type, sequence, knownAt, id: `${topic}/${station}/${sequence}`, data, value };
  });
}
