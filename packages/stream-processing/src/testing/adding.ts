import { join } from 'node:path';
import { SqliteBlobStore } from '@quantrac/blob-store';
import { rejectedTopic, sequenceOf, type TopicDeclaration, toEntry } from '@quantrac/contracts';
import { SqliteDocumentStore } from '@quantrac/document-store';
import { type LogRecord, type ReceivedRecord, SqliteEventLog } from '@quantrac/event-log';
import { commandHandler, type Decider } from '@quantrac/event-sourcing';
import { SqliteEventStore } from '@quantrac/event-store';
import { Database } from '@quantrac/sqlite';
import { SqliteTimeSeries } from '@quantrac/time-series';
import type { HandleCommand } from '../do-pending.ts';
import { portsStepStore } from '../ports-step-store.ts';
import type { Output, Processor, RowOutput } from '../processor.ts';
import { sqliteStepStore } from '../sqlite-step-store.ts';
import type { StepStores } from '../step-store.ts';

const topic = (name: string): TopicDeclaration => ({
  name: `quantrac.${name}.v1`,
  producer: 'tests',
  partitions: 16,
  retentionDays: 14,
  key: 'station',
  public: true,
  description: '',
  records: {},
});
export const numbers = topic('numbers');
export const sums = topic('sums');
export const doubles = topic('doubles');
export const rejected = rejectedTopic('adding', 'tests');

export interface Added {
  readonly time: number;
  readonly add: number;
}

/** Adds up what each key is sent, and tells it in every way there is, each of them twice. */
export const adding: Processor<number> = {
  name: 'adding',
  inputs: [numbers],
  types: ['Number'],
  initial: 0,
  documents: { totals: {}, 'last-numbers': {} },
  lookback: (_, { data }) => [{ collection: sums.name, series: 'sum', from: (data as Added).time - 2, to: Infinity }],
  decide(total, { data, knownAt, key }, rows) {
    const { time, add } = data as Added;
    const before = rows.range<{ sum: number }>(sums.name, 'sum', time - 2, time).map((row) => row.data.sum);
    const sum = total + add;
    const version = (rows.at(sums.name, 'sum', time)?.version ?? 0) + 1;
    const row = {
      kind: 'row',
      type: 'Told',
      series: 'sum',
      time,
      version,
      knownAt,
    } as const satisfies Partial<RowOutput>;
    const command = { kind: 'command', aggregate: 'account', streamId: `account-${key}`, knownAt } as const;
    const outputs: Output[] = [
      { ...row, topic: sums, data: { sum, before } },
      { ...row, topic: doubles, data: { double: 2 * sum } },
      { kind: 'document', collection: 'totals', documentKey: key, document: { sum } },
      { kind: 'document', collection: 'last-numbers', documentKey: key, document: { add } },
      { ...command, command: { add } },
      { ...command, command: { add: -add } },
    ];
    return { state: sum, outputs };
  },
};

/** Whatever it is told to add becomes an event. */
const account: Decider<null, { add: number }, { add: number }> = {
  initial: null,
  decide: (command) => [command],
  evolve: () => null,
};

export type Profile = 'sqlite' | 'ports';

export interface OpenedStores extends StepStores {
  readonly database: Database;
  readonly events: SqliteEventStore;
}

export async function openStores(folder: string, leaseMs?: number): Promise<OpenedStores> {
  const fileOf = (service: string) => join(folder, `${service}.sqlite`);
  const database = new Database(fileOf('tests'));
  return {
    database,
    events: await SqliteEventStore.open(database),
    documents: await SqliteDocumentStore.open(database),
    series: await SqliteTimeSeries.open(database),
    log: await SqliteEventLog.open({ database, service: 'tests', fileOf, leaseMs }),
    blobs: await SqliteBlobStore.open(database),
  };
}

export const stepStoreOf = async (profile: Profile, database: Database, stores: StepStores) =>
  profile === 'sqlite' ? sqliteStepStore(database, stores) : portsStepStore(stores);

/** Commands end in the event store, which knows them by their ids. */
export function handleIn({ events }: Pick<OpenedStores, 'events'>): HandleCommand {
  const handle = commandHandler(account, events.streams<{ add: number }>());
  return async ({ streamId, command, commandId }) =>
    void (await handle(streamId, command as { add: number }, { commandId, metadata: {} }));
}

export const numberRecord = (key: string, revision: number, added: Added, type = 'Number'): LogRecord =>
  toEntry(
    numbers.name,
    { key, type, sequence: sequenceOf(1, revision, 0), knownAt: revision, source: 'urn:quantrac:node:n1' },
    Buffer.from(JSON.stringify(added)),
  );

/** All that was told of a key, by whichever way; repeats of a record count once. */
export async function toldOf({ events, documents, series, log }: OpenedStores, key: string) {
  const whole = { key, from: 0, to: Infinity, versions: 'all' } as const;
  const rows = await series.ranges([sums, doubles].map(({ name }) => ({ ...whole, collection: name })));
  const records = async (of: TopicDeclaration) =>
    [...new Set((await log.read(of, {}, 1e6)).records.filter((one) => one.key === key).map(text))].sort();
  const [total, last] = await Promise.all(
    ['totals', 'last-numbers'].map((name) => documents.get<{ sum?: number; add?: number }>({ name }, key)),
  );
  return {
    rows: rows.flat().map(({ time, version, value }) => `${time} ${version} ${Buffer.from(value)}`),
    sums: await records(sums),
    doubles: await records(doubles),
    documents: [total?.document.sum, last?.document.add],
    commands: (await events.read<{ add: number }>(`account-${key}`)).events,
  };
}

const text = ({ headers, value }: ReceivedRecord): string => `${headers.ce_id} ${Buffer.from(value)}`;
