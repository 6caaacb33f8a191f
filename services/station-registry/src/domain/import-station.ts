import { type Claims, holdersOf } from './claims.ts';
import type { RowGroup } from './import-group.ts';
import type { Trial } from './import-trial.ts';
import type { Instant } from './interval.ts';
import type { ReadRow, StationRow } from './station-csv.ts';
import type { StationDetails } from './station-details.ts';

const importReason = 'import of stations';
/** Mã trạm/YYYY/MM/DD/ (REGULATION 1.3). */
const usualLayout = 1;

export interface ImportTerms {
  readonly node: string;
  readonly at: Instant;
  /** The same id for the same seed. */
  readonly newId: (seed: string) => string;
  readonly isAccount: (account: string) => boolean;
}

/** Which station the lines mean: by id, or by whose names they carry, or a new one with an id made of its cells. */
export const stationOf = (
  { first: { row } }: RowGroup,
  claims: Claims,
  { node, newId }: ImportTerms,
): { readonly station: string; readonly fault?: string } => {
  if (row.station !== undefined) return { station: row.station };
  const { prefixes = [], aliases = [], folder: code, folder_layout: layout = usualLayout } = row;
  const holders = holdersOf(claims, { prefixes, aliases, ...(code !== undefined && { folder: { code, layout } }) });
  const station = holders[0] ?? newId(JSON.stringify([node, row.kind, row.name, row.facility, prefixes, code]));
  if (holders.length < 2) return { station };
  const named = holders.toSorted().join(' and ');
  return { station, fault: `its names belong to ${named}: write the id of the station that is meant` };
};

/** What the first line says of the station itself. */
export const readStation = ({ first }: RowGroup, station: string, terms: ImportTerms, trial: Trial): void => {
  if (trial.station() === undefined) register(first, station, terms.node, trial);
  else change(first, trial);
  nameIt(first, trial);
  setClock(first, trial);
  linkAccounts(first, terms, trial);
};

const register = ({ line, row, unread }: ReadRow, station: string, node: string, trial: Trial): void => {
  const { kind, name, provinces = [], lifecycle = 'planned' } = row;
  for (const column of ['kind', 'name'] as const)
    if (row[column] === undefined && !unread.has(column))
      trial.fault(line, column, `a new station needs a ${column}: write it`);
  if (kind === undefined || name === undefined) return;
  const details = { ...detailsOf(row, line, trial), name, provinces };
  trial.change(line, 'station', { type: 'RegisterStation', station, kind, node, lifecycle, ...details });
};

const change = ({ line, row }: ReadRow, trial: Trial): void => {
  const { kind, name, provinces = [], lifecycle } = row;
  const before = trial.station();
  if (kind !== undefined && kind !== before?.kind)
    trial.fault(line, 'kind', `the station is ${before?.kind} for ever: register another one`);
  trial.change(line, 'latitude', { type: 'ChangeStationDetails', name, ...detailsOf(row, line, trial) });
  for (const province of provinces) trial.change(line, 'provinces', { type: 'AssignProvince', ...province });
  if (lifecycle !== undefined)
    trial.change(line, 'lifecycle', { type: 'ChangeLifecycle', to: lifecycle, reason: importReason });
};

const detailsOf = (row: StationRow, line: number, trial: Trial): Pick<StationDetails, 'facility' | 'position'> => {
  const { facility, latitude, longitude } = row;
  const half = latitude === undefined ? 'latitude' : 'longitude';
  if ((latitude === undefined) !== (longitude === undefined))
    trial.fault(line, half, 'a position has both: write it too');
  return {
    ...(facility !== undefined && { facility }),
    ...(latitude !== undefined && longitude !== undefined && { position: { latitude, longitude } }),
  };
};

const nameIt = ({ line, row }: ReadRow, trial: Trial): void => {
  const { prefixes = [], folder, folder_layout: layout, aliases = [] } = row;
  for (const prefix of prefixes) trial.name(line, 'prefixes', { type: 'AddPrefix', prefix });
  if (folder !== undefined)
    trial.name(line, 'folder', { type: 'SetFolder', folder: { code: folder, layout: layout ?? usualLayout } });
  else if (layout !== undefined) trial.fault(line, 'folder', 'a layout needs its folder: write it too');
  for (const alias of aliases) trial.name(line, 'aliases', { type: 'AddAlias', ...alias });
};

const setClock = ({ line, row: { clock_offset_s: corrections = [] } }: ReadRow, trial: Trial): void => {
  if (!trial.station()) return;
  for (const correction of corrections)
    trial.change(line, 'clock_offset_s', { type: 'CorrectClock', ...correction, reason: importReason });
};

const linkAccounts = ({ line, row: { accounts = [] } }: ReadRow, { isAccount }: ImportTerms, trial: Trial): void => {
  for (const account of accounts) {
    if (!isAccount(account)) trial.fault(line, 'accounts', `no upload account ${account}: register it first`);
    else if (trial.station()) trial.change(line, 'accounts', { type: 'LinkAccount', account });
  }
};
