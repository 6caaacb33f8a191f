import type { Channel, StationRecorded } from '@quantrac/contracts';
import { normaliseSymbol } from '@quantrac/regulations';

/** The stations of a node, as files are matched to them. Names are compared in NFC without case. */
export interface StationDirectory {
  readonly station: (id: string) => StationRecorded | undefined;
  readonly all: () => readonly StationRecorded[];
  readonly byFolder: (code: string) => StationRecorded | undefined;
  readonly byPrefix: (prefix: string) => StationRecorded | undefined;
  /** The stations that an account uploads for, by their ids. */
  readonly byAccount: (account: string) => ReadonlyMap<string, StationRecorded>;
  readonly prefixes: () => readonly string[];
}

const noStations: ReadonlyMap<string, StationRecorded> = new Map();

export const folded = (name: string): string => name.normalize('NFC').toLowerCase();

export function stationDirectory(records: readonly StationRecorded[]): StationDirectory {
  const byId = new Map(records.map((record) => [record.station, record]));
  const byFolder = new Map(
    records.flatMap((record) => (record.folder ? [[folded(record.folder.code), record] as const] : [])),
  );
  const byPrefix = new Map(
    records.flatMap((record) => record.prefixes.map((prefix) => [folded(prefix), record] as const)),
  );
  const byAccount = new Map<string, Map<string, StationRecorded>>();
  for (const record of records)
    for (const account of record.accounts)
      byAccount.set(account, (byAccount.get(account) ?? new Map()).set(record.station, record));
  return {
    station: (id) => byId.get(id),
    all: () => records,
    byFolder: (code) => byFolder.get(folded(code)),
    byPrefix: (prefix) => byPrefix.get(folded(prefix)),
    byAccount: (account) => byAccount.get(account) ?? noStations,
    prefixes: () => [...byPrefix.keys()],
  };
}

export interface FileOrigin {
  readonly account: string | undefined;
  /** The first folder of the path; undefined: the file lies at the top. */
  readonly folder: string | undefined;
  /** The name without its time. */
  readonly prefix: string;
}

export type Matched =
  | { readonly station: StationRecorded }
  | { readonly held: 'StationUnknown' | 'StationsDisagree' | 'AccountDisagrees'; readonly advice: string }
  | { readonly refused: 'FolderRefused'; readonly advice: string };

/** By account, then folder, then prefix; who disagrees is held, and nobody learns what exists outside his own account. */
export function matchStation({ account, folder, prefix }: FileOrigin, directory: StationDirectory): Matched {
  const own = account === undefined ? undefined : directory.byAccount(account);
  const mayUse = (record: StationRecorded) => own === undefined || own.has(record.station);
  const byFolder = folder === undefined ? undefined : directory.byFolder(folder);
  const byPrefix = directory.byPrefix(prefix);
  if (byFolder && !mayUse(byFolder))
    return { refused: 'FolderRefused', advice: 'this account may not upload into this folder' };
  if (byPrefix && !mayUse(byPrefix))
    return {
      held: 'AccountDisagrees',
      advice: `the name begins with "${prefix}", which belongs to a station that account ${account} does not upload for: link the account to the station`,
    };
  if (byFolder && byPrefix && byFolder.station !== byPrefix.station)
    return {
      held: 'StationsDisagree',
      advice: `folder "${folder}" is ${byFolder.name}, but "${prefix}" names ${byPrefix.name}: correct the folder or the prefix of one station`,
    };
  const station = byPrefix ?? byFolder ?? (own?.size === 1 ? [...own.values()][0] : undefined);
  if (station) return { station };
  return {
    held: 'StationUnknown',
    advice: `no station matches "${prefix}": register it or add the prefix to a station`,
  };
}

/** By the name in the file, the channels that have ever borne it; a station has few. */
export function channelsByName({ channels }: StationRecorded): ReadonlyMap<string, readonly Channel[]> {
  const names = channels.flatMap((channel) =>
    [...new Set(channel.settings.flatMap((settings) => settings.names.map(normaliseSymbol)))].map((name) => ({
      name,
      channel,
    })),
  );
  const grouped = Map.groupBy(names, ({ name }) => name);
  return new Map([...grouped].map(([name, list]) => [name, list.map(({ channel }) => channel)]));
}
