import { type ObservationSetReceived, topics } from '@quantrac/contracts';
import { ingestionQueries } from '@quantrac/contracts/queries/ingestion';
import { Fault } from '@quantrac/event-sourcing';
import { dayBounds } from '@quantrac/regulations';
import { type QueryHandler, query, type Stores } from '@quantrac/service';
import { parseFileName } from '../domain/file-name.ts';
import { folderedFile } from '../domain/folder-layout.ts';
import { type HeldDocument, RECEIPTS } from '../domain/intake.ts';
import { firstKnown, ledgerOf } from '../domain/ledger.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import { proposedPrefix, type UnknownSender } from '../domain/unknown-senders.ts';
import { heldFiles } from '../intake/releases.ts';

export interface QueryOptions {
  readonly stores: Stores;
  readonly directory: () => StationDirectory;
  readonly now: () => number;
  readonly graceMs: number;
  readonly addresses: () => readonly object[];
}

const decoder = new TextDecoder();
const decoded = <Data>({ value }: { value: Uint8Array }): Data => JSON.parse(decoder.decode(value)) as Data;
const KEYS_A_PAGE = 1000;

export const intakeQueries = ({
  stores,
  directory,
  now,
  graceMs,
  addresses,
}: QueryOptions): Record<string, QueryHandler> => ({
  held: query(ingestionQueries.held.args, async ({ state, station, limit }) => {
    const found =
      station === undefined
        ? await stores.documents.find(heldFiles, 'state', { equals: [state], limit })
        : await stores.documents.find(heldFiles, 'station', { equals: [station, state], limit });
    return found.map(({ document }) => document);
  }),
  receipts: query(ingestionQueries.receipts.args, async ({ key, from, to, limit }) => {
    const rows = await stores.series.range({
      collection: RECEIPTS,
      key,
      series: 'receipt',
      from: Date.parse(from),
      to: Date.parse(to),
      versions: 'all',
      limit,
    });
    return rows.map(decoded<object>);
  }),
  received: query(ingestionQueries.received.args, async ({ station, from, to, versions, limit }) => {
    const range = {
      collection: topics.observationsReceived.name,
      key: station,
      series: 'set',
      from: Date.parse(from),
      to: Date.parse(to),
      versions,
      limit,
    };
    return (await stores.series.range(range)).map(decoded<ObservationSetReceived>);
  }),
  ledger: query(ingestionQueries.ledger.args, async ({ station, day }) => {
    const record = directory().station(station);
    if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
    const { after, upTo } = dayBounds(day);
    const rows = await stores.series.range({
      collection: topics.observationsReceived.name,
      key: station,
      series: 'set',
      from: after + 1,
      to: upTo + 1,
      versions: 'all',
    });
    const sets = firstKnown(
      rows.map((row) => ({ time: row.time, knownAt: row.knownAt, data: decoded<ObservationSetReceived>(row) })),
    );
    return record.channels.map((channel) => ledgerOf(channel, day, sets, { now: now(), graceMs }));
  }),
  unknownSenders: query(ingestionQueries.unknownSenders.args, async ({ limit }) => {
    const held = await stores.documents.find(heldFiles, 'state', { equals: ['held', 'StationUnknown'], limit: 10_000 });
    return unknownSenders(
      held.map(({ document }) => document),
      directory().prefixes(),
    ).slice(0, limit);
  }),
  intakeCounts: query(ingestionQueries.intakeCounts.args, async () => [await countsOf(stores)]),
  known: query(ingestionQueries.known.args, async () => [{ stations: directory().all().length }]),
  addresses: query(ingestionQueries.addresses.args, async () => addresses()),
});

function unknownSenders(held: readonly HeldDocument[], registered: readonly string[]): UnknownSender[] {
  const bySender = Map.groupBy(held, (document) => JSON.stringify(senderOf(document)));
  return [...bySender].map(([sender, documents]) => {
    const { prefix, folder, account } = JSON.parse(sender) as ReturnType<typeof senderOf>;
    const times = documents.map(({ time }) => time);
    return {
      prefix,
      folder,
      account,
      files: documents.length,
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
      proposed: proposedPrefix(prefix, registered),
    };
  });
}

function senderOf({ path, account }: HeldDocument) {
  const { stationCode, fileName } = folderedFile(path);
  return { prefix: parseFileName(fileName).prefix, folder: stationCode ?? null, account };
}

/** Receipts by what became of them at arrival. */
async function countsOf({
  series,
}: Stores): Promise<{ received: number; accepted: number; held: number; repeat: number }> {
  const counts = { received: 0, accepted: 0, held: 0, repeat: 0 };
  for (
    let keys = await series.keys(RECEIPTS, '', KEYS_A_PAGE);
    keys.length > 0;
    keys = await series.keys(RECEIPTS, keys.at(-1)!, KEYS_A_PAGE)
  )
    for (const key of keys)
      for (const row of await series.range({
        collection: RECEIPTS,
        key,
        series: 'receipt',
        from: 0,
        to: Infinity,
        versions: 'all',
      })) {
        counts.received++;
        counts[decoded<{ outcome: 'accepted' | 'held' | 'repeat' }>(row).outcome]++;
      }
  return counts;
}
