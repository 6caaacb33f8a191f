import type { StationRecorded } from '@quantrac/contracts';
import { normaliseSymbol } from '@quantrac/regulations';

/** The stations of a node, as files are matched to them. Names are compared in NFC without case. */
export interface StationDirectory {
  readonly station: (id: string) => StationRecorded | undefined;
  readonly all: () => readonly StationRecorded[];
  readonly byFolder: (code: string) => StationRecorded | undefined;
  readonly byPrefix: (prefix: string) => StationRecorded | undefined;
  /** The stations that an account uploads for, by their ids. */
  readonly byAccount: (account: string) => ReadonlyMap<string, StationRecorded>;
  /** As they are compared. */
  readonly prefixes: () => readonly string[];
}

const noStations: ReadonlyMap<string, StationRecorded> = new Map();

export const comparedFolder = (code: string): string => normaliseSymbol(code);

/** The `_` before the time is no part of a prefix, however many there are. */
export const comparedPrefix = (prefix: string): string => normaliseSymbol(prefix).replace(/[_\s]+$/, '');

export function stationDirectory(records: readonly StationRecorded[]): StationDirectory {
  const byId = new Map(records.map((record) => [record.station, record]));
  const byFolder = new Map(
    records.flatMap((record) => (record.folder ? [[comparedFolder(record.folder.code), record] as const] : [])),
  );
  const byPrefix = new Map(
    records.flatMap((record) => record.prefixes.map((prefix) => [comparedPrefix(prefix), record] as const)),
  );
  const byAccount = new Map<string, Map<string, StationRecorded>>();
  for (const record of records)
    for (const account of record.accounts) {
      const stations = byAccount.get(account) ?? new Map<string, StationRecorded>();
      byAccount.set(account, stations.set(record.station, record));
    }
  return {
    station: (id) => byId.get(id),
    all: () => records,
    byFolder: (code) => byFolder.get(comparedFolder(code)),
    byPrefix: (prefix) => byPrefix.get(comparedPrefix(prefix)),
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
  /** It has a time, so that what stands before it names a station. */
  readonly stamped: boolean;
}

/** Why no station takes a file. What its sender is told says nothing of stations that are not his. */
export interface NoStation {
  readonly held: 'StationUnknown' | 'StationsDisagree' | 'AccountDisagrees';
  readonly advice: string;
  readonly told?: { readonly reason: 'StationUnknown'; readonly advice: string };
}

export type Matched = { readonly station: StationRecorded } | NoStation;

/**
 * By account, then folder, then prefix; who disagrees is held. Nobody learns what exists outside his own account: a folder that he may not
 * use is to him as one that nobody has. An account of one station is enough only for a station that has neither prefix nor folder: other
 * names may be those of a station not registered yet.
 */
export function matchStation({ account, folder, prefix, stamped }: FileOrigin, directory: StationDirectory): Matched {
  const own = account === undefined ? undefined : directory.byAccount(account);
  const mayUse = (record: StationRecorded) => own === undefined || own.has(record.station);
  const ofFolder = folder === undefined ? undefined : directory.byFolder(folder);
  const byFolder = ofFolder && mayUse(ofFolder) ? ofFolder : undefined;
  const byPrefix = directory.byPrefix(prefix);
  if (byPrefix && !mayUse(byPrefix)) return foreign(`"${prefix}"`, byPrefix, account!, prefix);
  // a station that has prefixes is not that of another: it may be one that is not registered yet
  const agree = byPrefix ? byPrefix.station === byFolder?.station : byFolder?.prefixes.length === 0 || !stamped;
  if (byFolder && !agree)
    return {
      held: 'StationsDisagree',
      advice: `folder "${folder}" is ${byFolder.name}, but "${prefix}" names ${byPrefix?.name ?? 'no station'}: correct the folder or the prefix of one station`,
    };
  const station = byPrefix ?? byFolder ?? (own && onlyUnnamed(own));
  if (station) return { station };
  return ofFolder
    ? foreign(`folder "${folder}"`, ofFolder, account!, prefix)
    : { held: 'StationUnknown', advice: unknown(prefix) };
}

const foreign = (name: string, { name: station }: StationRecorded, account: string, prefix: string): NoStation => ({
  held: 'AccountDisagrees',
  advice: `${name} belongs to ${station}, and account ${account} does not upload for it: link the account to the station`,
  told: { reason: 'StationUnknown', advice: unknown(prefix) },
});

function onlyUnnamed(own: ReadonlyMap<string, StationRecorded>): StationRecorded | undefined {
  const [only] = own.values();
  return own.size === 1 && only?.prefixes.length === 0 && !only.folder ? only : undefined;
}

const unknown = (prefix: string): string =>
  `no station matches "${prefix}": register it or add the prefix to a station`;
