import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { FileHeld, ObservationSetReceived, StationRecorded } from '@quantrac/contracts';
import { topics } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';
import { type CommandContext, type HostedStores, openEmbeddedStores } from '@quantrac/service';
import { positionsCollection, Step, type StepStore } from '@quantrac/stream-processing';
import { eventually, temporaryFolder, tester } from '@quantrac/testing';
import { pino } from 'pino';
import { intakeCommands } from '../api/commands.ts';
import { intakeQueries } from '../api/queries.ts';
import type { FileArrived } from '../domain/file-arrived.ts';
import { intake } from '../domain/intake.ts';
import { directoryProcessor, followStations } from '../intake/live-directory.ts';
import { receiptNumbers } from '../intake/receipt-numbers.ts';
import { receive } from '../intake/receive.ts';
import { type Reading, type ReleaseOptions, release } from '../intake/release.ts';
import { heldFiles, isHeld, isUnchanged, openReleases, type Releases } from '../intake/releases.ts';
import { takeIn } from '../intake/take-in.ts';
import { at, MINUTE_MS } from './records.ts';

export interface SentFile {
  readonly path: string;
  readonly text: string;
  /** ms; 08:31 unless said. */
  readonly at?: number;
  readonly account?: string | undefined;
}

const stations: Collection<StationRecorded> = { name: 'stations' };
const decoder = new TextDecoder();

/** What a node does with files, over the embedded stores: received, held, and released when stations change. `storeOf`: how cells are committed. */
export async function openIntake(
  test: TestContext,
  first: readonly StationRecorded[] = [],
  storeOf: (stores: HostedStores) => StepStore = ({ steps }) => steps,
) {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ingestion');
  const { documents, blobs, series } = stores;
  const register = async (...records: readonly StationRecorded[]) => {
    await documents.putMany(
      stations,
      records.map((document) => ({ key: document.station, document })),
    );
    await documents.put(positionsCollection, { key: directoryProcessor.name, document: { at: {} } });
  };
  await register(...first);
  const step = new Step({
    processor: intake,
    store: storeOf(stores),
    node: 'n1',
    epoch: () => stores.log.epoch,
    topics: [topics.observationsReceived, topics.intakeHeld],
  });
  const taking = takeIn(step, (work) => work());
  const numbers = receiptNumbers(documents, () => stores.log.epoch);
  let now = at('08:31');
  let reads = 0;
  let largest = 0;
  let count = 0;
  let releases: Releases | undefined;
  const live = await followStations(documents, (changed) => releases?.changed(changed));
  const options: ReleaseOptions = {
    node: 'n1',
    instance: 'only',
    directory: () => live.current(),
    blobs: {
      get(ref: string) {
        reads++;
        return blobs.get(ref);
      },
    },
    number: () => numbers.take(),
    isHeld: (same) => isHeld(documents, same),
    isUnchanged: (document) => isUnchanged(documents, document),
    take(entry) {
      largest = Math.max(largest, (entry.data as Partial<FileArrived>).readings?.length ?? 0);
      count++;
      return taking.take(entry);
    },
    clock: () => now,
    aheadMs: 10 * MINUTE_MS,
    missingCodes: ['-999'],
    progressed() {},
    heldMeanwhile: (held) => releases?.again(held),
  };
  releases = openReleases(documents, (document) => release(document, options), pino({ level: 'silent' }));
  test.after(async () => {
    await live.stop();
    await releases.stop();
    await stores.close();
  });
  const commands = intakeCommands({
    started: Promise.resolve(),
    documents,
    directory: options.directory,
    release: (document, reading) => release(document, options, reading),
    take: options.take,
    async advance() {},
  });
  const queries = intakeQueries({
    started: Promise.resolve(),
    stores,
    directory: options.directory,
    now: options.clock,
    graceMs: 5 * MINUTE_MS,
    addresses: () => [],
    refusals: () => ({}),
  });
  return {
    documents,
    options,
    async query<Row>(name: string, args: object = {}) {
      const { schema, answer } = queries[name]!;
      return (await answer(schema.parse(args))) as readonly Row[];
    },
    /** What a cell keeps, as it is stored. */
    async cell(key: string) {
      const cells: Collection<object> = { name: 'cells-ingestion' };
      return JSON.stringify((await documents.get(cells, key))?.document ?? {});
    },
    async ask<Answer>(name: string, data: object, context: Partial<CommandContext> = {}) {
      const { schema, handle } = commands[name]!;
      const by = { actor: tester, commandId: randomUUID(), at: now, ...context };
      return (await handle(schema.parse(data), by)) as Answer;
    },
    /** How often the bytes of a held file were read again. */
    reads: () => reads,
    async register(...records: readonly StationRecorded[]) {
      await register(...records);
      await live.refresh();
    },
    send({ path, text, at: arrived = now, account }: SentFile) {
      now = Math.max(now, arrived);
      return receive({ way: 'http', account, path, bytes: Buffer.from(text), from: 'here' }, options);
    },
    /** The most readings that were handed in together. */
    largest: () => largest,
    /** Resolves when so many entries have been handed in. */
    sent: (entries: number) => eventually(() => assert.ok(count >= entries), { everyMs: 1 }),
    /** Resolves when what could be released is. */
    released: () => releases.idle(),
    wait(until: number) {
      now = until;
    },
    async reprocess(held: string, reading?: Reading) {
      return release((await documents.get(heldFiles, held))!.document, options, reading);
    },
    async held(state: FileHeld['state'] = 'held') {
      return (await documents.find(heldFiles, 'open', { equals: [state] })).map(({ document }) => document);
    },
    async sets(station = 'station1'): Promise<readonly ObservationSetReceived[]> {
      const collection = topics.observationsReceived.name;
      const rows = await series.range({ collection, key: station, series: 'set', from: 0, to: Infinity });
      return rows.map(({ value }) => JSON.parse(decoder.decode(value)) as ObservationSetReceived);
    },
  };
}
