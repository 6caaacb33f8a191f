import {
  groupOfRejected,
  type ObservationSetChecked,
  type ObservationSetReceived,
  rejectedTopic,
  topics,
} from '@quantrac/contracts';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { decodeBlock } from '@quantrac/journal';
import { MongoJournalStore } from '@quantrac/journal-store/mongo-journal-store';
import { connectToMongo } from '@quantrac/mongo/mongo-connection';
import { ownNames, type Peers } from '@quantrac/service';
import type { Delivery } from '@quantrac/simulator';
import { type Results, resultsOf } from '@quantrac/testing';
import type { Province } from './loggers.ts';
import {
  allOf,
  type Counted,
  countedIn,
  countedIncidents,
  countedInJournal,
  countedInTopics,
  currentOf,
  type Registered,
  readingsOf,
} from './lost-and-doubled.ts';
import { onBrokers, toldBy } from './told-once.ts';

export interface CountOptions {
  readonly province: Province;
  readonly national: Peers['peer'];
  readonly brokers: string;
  readonly mongoUrl: string;
  /** In the order in which they were acknowledged. */
  readonly files: readonly Delivery[];
  readonly registered: Registered;
}

const always = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z', limit: 100_000 };

export interface CountedProvince extends Counted {
  readonly readings: number;
  /** The group of each record that one could not take. */
  readonly setAside: readonly string[];
}

/** What of all that was acknowledged is lost or doubled: among received and checked sets, in the national copy, in topics, incidents and the journal. */
export async function countProvince(options: CountOptions): Promise<CountedProvince> {
  const { province, brokers } = options;
  const results = await resultsOf(province.peer);
  const owned = Object.values(topics).filter(({ producer }) => producer !== 'national-aggregation');
  const inResults = await countedResults(options, results);
  const counted = allOf([
    inResults,
    countedInTopics(results, await toldBy(province.data, owned, onBrokers(province.data, brokers))),
    countedInJournal(await leavesOf(options)),
    await unequalCopies(options),
  ]);
  return { ...inResults, ...counted };
}

/** The same of received and checked sets, the national copy and incidents alone. */
export const countResults = async (options: CountOptions): Promise<CountedProvince> =>
  countedResults(options, await resultsOf(options.province.peer));

async function countedResults(options: CountOptions, results: Results): Promise<CountedProvince> {
  const acknowledged = readingsOf(options.files, options.registered);
  const received = currentOf<ObservationSetReceived>(results, topics.observationsReceived, 'ObservationSetReceived');
  const checked = currentOf<ObservationSetChecked>(results, topics.observationsChecked, 'ObservationSetChecked');
  const counted = allOf([
    countedIn('ingestion', received, acknowledged),
    countedIn('quality-control', checked, acknowledged),
    countedIn('the national copy', await nationalSets(options), acknowledged),
    countedIncidents(results),
  ]);
  return { ...counted, readings: acknowledged.size, setAside: await setAside(options) };
}

async function nationalSets({
  province,
  national,
  registered,
}: CountOptions): Promise<readonly ObservationSetChecked[]> {
  const ask = (station: string) =>
    national('national-aggregation').query<ObservationSetChecked>('sets', { ...always, node: province.node, station });
  return (await Promise.all([...registered.ids.values()].map(ask))).flat();
}

async function leavesOf({ province, mongoUrl }: CountOptions) {
  const { database, close } = await connectToMongo(mongoUrl, `${ownNames(province.data).mongoPrefix}ministry-sync`);
  try {
    const store = await MongoJournalStore.open(database);
    const [{ journal } = { journal: '' }] = await store.journals();
    const blocks = await store.blocks(journal, 1, 1e9);
    return (await Promise.all(blocks.map(({ block }) => decodeBlock(block)))).flat().map(({ leaf }) => leaf);
  } finally {
    await close();
  }
}

async function unequalCopies({ province, national }: CountOptions): Promise<Counted> {
  const differences = await province.peer('ministry-sync').query('compare', {});
  const faults = await national('national-aggregation').query('faults', {});
  return { lost: differences.map((one) => JSON.stringify(one)), doubled: faults.map((one) => JSON.stringify(one)) };
}

async function setAside({ province, brokers }: CountOptions): Promise<readonly string[]> {
  const client = new KafkaClient({ brokers, clientId: 'counts-what-was-set-aside' });
  try {
    const prefix = ownNames(province.data).kafkaPrefix;
    const groups = (await client.listTopics()).map(async (name) => {
      const topic = { name: name.slice(prefix.length) };
      const group = groupOfRejected(topic);
      if (!name.startsWith(prefix) || rejectedTopic(group, '').name !== topic.name) return [];
      const offsets = await client.offsets(name);
      return Array<string>(offsets.reduce((sum, { low, high }) => sum + high - low, 0)).fill(group);
    });
    return (await Promise.all(groups)).flat();
  } finally {
    await client.close();
  }
}
