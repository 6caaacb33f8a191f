import { countRows } from '@quantrac/contracts/queries/counts';
import { stationRegistryQueries as contract } from '@quantrac/contracts/queries/station-registry';
import type { EventStore } from '@quantrac/event-store';
import { type QueryHandler, query } from '@quantrac/service';
import type { z } from 'zod';
import type { StationEvent } from '../domain/station.ts';
import { writeStationCsv } from '../domain/station-csv.ts';
import { rowsOf } from '../domain/station-rows.ts';
import type { UploadAccount } from '../domain/upload-account.ts';
import { type KnownStation, type Registry, type RegistryView, recordOf, stationsOf } from '../read-models/registry.ts';
import { stationStream } from '../read-models/streams.ts';

type Args<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['args']>;
type Row<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['row']>;

export const stationRegistryQueries = (
  view: RegistryView,
  events: EventStore,
): Readonly<Record<string, QueryHandler>> => ({
  stations: query(contract.stations.args, async ({ asOf, after, limit, ...wanted }): Promise<Row<'stations'>[]> => {
    const registry = await (asOf === undefined ? view.current() : view.asOf(asOf));
    return page(registry.stations, after, limit, (known) => isWanted(known, wanted)).map(recordOf);
  }),
  counts: query(contract.counts.args, async () => {
    const { stations } = await view.current();
    const byLifecycle = Map.groupBy(stations.values(), ({ state }) => state.lifecycle);
    return countRows(
      'stations',
      [...byLifecycle].map(([lifecycle, those]) => [lifecycle, those.length]),
    );
  }),
  stationHistory: query(contract.stationHistory.args, ({ station, after, limit }) =>
    historyOf(events, station, after, limit),
  ),
  accounts: query(contract.accounts.args, async ({ account, station, after, limit }): Promise<Row<'accounts'>[]> => {
    const registry = await view.current();
    const linked = station === undefined ? undefined : (registry.stations.get(station)?.state.accounts ?? []);
    return page(
      registry.accounts,
      after,
      limit,
      ({ account: id }) => (account === undefined || id === account) && (linked === undefined || linked.includes(id)),
    ).map((each) => accountRow(each, registry));
  }),
  exportStations: query(contract.exportStations.args, async ({ separator, ...wanted }) => {
    const { stations } = await view.current();
    const exported = page(stations, undefined, stations.size, (known) => isWanted(known, wanted));
    const rows = exported.flatMap(({ state }) => rowsOf(state));
    return writeStationCsv(rows, separator).map((text): Row<'exportStations'> => ({ text }));
  }),
});

const isWanted = (
  { state }: KnownStation,
  { station, kind, lifecycle }: Pick<Args<'stations'>, 'station' | 'kind' | 'lifecycle'>,
): boolean =>
  (station === undefined || state.station === station) &&
  (kind === undefined || state.kind === kind) &&
  (lifecycle === undefined || state.lifecycle === lifecycle);

/** Those behind an id, in the order of their ids. */
const page = <Item>(
  items: ReadonlyMap<string, Item>,
  after: string | undefined,
  limit: number,
  isWanted: (item: Item) => boolean,
): Item[] =>
  [...items]
    .filter(([id, item]) => (after === undefined || id > after) && isWanted(item))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, limit)
    .map(([, item]) => item);

const historyOf = async (
  events: EventStore,
  station: string,
  after: number,
  limit: number,
): Promise<Row<'stationHistory'>[]> => {
  const stream = await events.read<StationEvent>(stationStream(station));
  return stream.events.slice(after, after + limit).map(({ type, data: { at, ...data } }, index) => ({
    version: after + index + 1,
    at,
    event: type,
    data,
  }));
};

const accountRow = (account: UploadAccount, registry: Registry): Row<'accounts'> => ({
  account: account.account,
  name: account.name,
  plainFtp: account.plainFtp,
  revoked: account.revoked ?? null,
  stations: stationsOf(registry, account.account),
  passwordSetAt: account.passwordSetAt,
  oldPasswordUntil: account.old?.until ?? null,
});
