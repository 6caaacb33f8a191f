import { type ObservationSetChecked, type ObservationSetReceived, topics } from '@quantrac/contracts';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { decodeBlock } from '@quantrac/journal';
import { MongoJournalStore } from '@quantrac/journal-store/mongo-journal-store';
import { connectToMongo } from '@quantrac/mongo/mongo-connection';
import { ownNames, type Peers } from '@quantrac/service';
import type { Delivery } from '@quantrac/simulator';
import { resultsOf } from '@quantrac/testing';
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

/**
 * What of all that was acknowledged is lost or doubled: among received and checked sets, in the national copy, in topics, incidents and
 * the journal; and what was set aside, which nothing should be.
 */
export async function countProvince(options: CountOptions): Promise<Counted & { readonly readings: number }> {
  const { province, files, registered, brokers } = options;
  const acknowledged = readingsOf(files, registered);
  const results = await resultsOf(province.peer);
  const received = currentOf<ObservationSetReceived>(results, topics.observationsReceived, 'ObservationSetReceived');
  const checked = currentOf<ObservationSetChecked>(results, topics.observationsChecked, 'ObservationSetChecked');
  const owned = Object.values(topics).filter(({ producer }) => producer !== 'national-aggregation');
  const counted = allOf([
    countedIn('ingestion', received, acknowledged),
    countedIn('quality-control', checked, acknowledged),
    countedIn('the national copy', await nationalSets(options), acknowledged),
    countedInTopics(results, await toldBy(province.data, owned, onBrokers(province.data, brokers))),
    countedIncidents(results),
    countedInJournal(await leavesOf(options)),
    await unequalCopies(options),
    { lost: await setAside(options), doubled: [] },
  ]);
  return { ...counted, readings: acknowledged.size };
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

/** Records that a group could not take, by group. */
async function setAside({ province, brokers }: CountOptions): Promise<readonly string[]> {
  const client = new KafkaClient({ brokers, clientId: 'counts-what-was-set-aside' });
  try {
    const prefix = `${ownNames(province.data).kafkaPrefix}quantrac.private.rejected.`;
    const names = (await client.listTopics()).filter((name) => name.startsWith(prefix));
    const counts = await Promise.all(
      names.map(async (name) => {
        const offsets = await client.offsets(name);
        return { name, records: offsets.reduce((sum, { low, high }) => sum + high - low, 0) };
      }),
    );
    return counts.flatMap(({ name, records }) => (records > 0 ? [`${records} records were set aside in ${name}`] : []));
  } finally {
    await client.close();
  }
}
