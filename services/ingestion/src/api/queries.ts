import { type ObservationSetReceived, topics } from '@quantrac/contracts';
import { countRows } from '@quantrac/contracts/queries/counts';
import { ingestionQueries } from '@quantrac/contracts/queries/ingestion';
import type { Collection } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { dayBounds, toInstant } from '@quantrac/regulations';
import { type QueryHandler, query, type Stores } from '@quantrac/service';
import { expectationOf } from '../domain/expectation.ts';
import { parseFileName } from '../domain/file-name.ts';
import { folderedFile } from '../domain/folder-layout.ts';
import type { HeldDocument } from '../domain/held-file.ts';
import type { IntakeState } from '../domain/intake-state.ts';
import { firstKnown, ledgerOf } from '../domain/ledger.ts';
import { RECEIPTS } from '../domain/receipt.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import { type UnknownFile, unknownSenders } from '../domain/unknown-senders.ts';
import { heldFiles } from '../intake/releases.ts';

export interface QueryOptions {
  /** Whoever asks early waits. */
  readonly started: Promise<void>;
  readonly stores: Stores;
  readonly directory: () => StationDirectory;
  readonly now: () => number;
  readonly graceMs: number;
  readonly addresses: () => readonly object[];
  readonly refusals: () => Readonly<Record<string, number>>;
}

const decoder = new TextDecoder();
const decoded = <Data>({ value }: { value: Uint8Array }): Data => JSON.parse(decoder.decode(value)) as Data;
/** Unknown senders are told from the newest files that no station takes. */
const MOST_UNKNOWN_FILES = 10_000;
const CELLS_A_PAGE = 1000;
/** Where the step keeps the cells of the processor `ingestion`. */
const cells: Collection<{ state: IntakeState }> = { name: 'cells-ingestion' };

export const intakeQueries = ({
  started,
  stores,
  directory,
  now,
  graceMs,
  addresses,
  refusals,
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
    await started;
    const record = directory().station(station);
    if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
    const { after, upTo } = dayBounds(day);
    const rows = await stores.series.range({
      collection: topics.observationsReceived.name,
      key: station,
      series: 'set',
      from: after,
      to: upTo + 1,
      versions: 'all',
    });
    const sets = firstKnown(
      rows.map((row) => ({ time: row.time, knownAt: row.knownAt, data: decoded<ObservationSetReceived>(row) })),
    );
    const cell = await stores.documents.get(cells, station);
    const expectation = expectationOf(record, cell?.document.state.expectedSince ?? null);
    const options = { now: now(), graceMs, expectation };
    return record.channels.map((channel) => ledgerOf(channel, day, sets, options));
  }),
  unknownSenders: query(ingestionQueries.unknownSenders.args, async ({ limit }) => {
    await started;
    const unknown = { equals: ['held', 'StationUnknown'], descending: true, limit: MOST_UNKNOWN_FILES };
    const held = await stores.documents.find(heldFiles, 'state', unknown);
    const senders = unknownSenders(
      held.map(({ document }) => unknownFile(document)),
      directory().prefixes(),
      limit,
    );
    return senders.map((sender) => ({ ...sender, ...proposedStation(sender.proposed, directory()) }));
  }),
  counts: query(ingestionQueries.counts.args, async () =>
    countRows('held', await stores.documents.countBy(heldFiles, 'state', ['held'])),
  ),
  intakeCounts: query(ingestionQueries.intakeCounts.args, async () => {
    await started;
    const refused = Object.values(refusals()).reduce((sum, count) => sum + count, 0);
    return [{ ...(await countsOf(stores)), refused, refusals: refusals() }];
  }),
  known: query(ingestionQueries.known.args, async () => {
    await started;
    const known = directory().all();
    const changes = known.reduce((sum, { version }) => sum + version, 0);
    return [{ stations: known.length, changes, at: toInstant(now()) }];
  }),
  addresses: query(ingestionQueries.addresses.args, async () => {
    await started;
    return addresses();
  }),
});

function proposedStation(prefix: string | null, directory: StationDirectory) {
  const record = prefix === null ? undefined : directory.byPrefix(prefix);
  return record ? { station: record.station, stationName: record.name } : {};
}

function unknownFile({ path, account, time }: HeldDocument): UnknownFile {
  const { stationCode, fileName } = folderedFile(path);
  return { prefix: parseFileName(fileName).prefix, folder: stationCode ?? null, account, at: time };
}

/** Arrivals by what became of them, over all cells. */
async function countsOf({ documents }: Stores): Promise<IntakeState['counts'] & { received: number }> {
  const counts = { received: 0, accepted: 0, held: 0, repeat: 0 };
  for (let after = ''; ; ) {
    const page = await documents.list(cells, { after, limit: CELLS_A_PAGE });
    if (page.length === 0) return counts;
    for (const { document } of page)
      for (const outcome of ['accepted', 'held', 'repeat'] as const) {
        counts[outcome] += document.state.counts[outcome];
        counts.received += document.state.counts[outcome];
      }
    after = page.at(-1)!.key;
  }
}
