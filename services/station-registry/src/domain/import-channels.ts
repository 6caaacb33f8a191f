import { type ChannelSettings, type SettingsFault, type StationKind, settingsFaults } from './channel-settings.ts';
import { type Channel, type ChannelChange, decideUnshared, evolveChannels, sharedNames } from './channels.ts';
import type { RowGroup } from './import-group.ts';
import type { Trial } from './import-trial.ts';
import type { Instant } from './interval.ts';
import { type Column, channelColumns, type ReadRow } from './station-csv.ts';
import { hasTolerance, settingsOf } from './station-rows.ts';

const columnOf: Readonly<Partial<Record<SettingsFault['field'], Column>>> = {
  unitSent: 'unit_sent',
  unitSpellings: 'unit_spellings',
  basisSent: 'basis_sent',
  deliveryMs: 'delivery_s',
  quality: 'range_fail_min',
};

const isColumn = (field: string): field is Column => Object.hasOwn(channelColumns, field);

/** What the lines say of channels and instruments; names are judged when all lines have been taken together. */
export const readChannels = ({ first, rows }: RowGroup, trial: Trial, at: Instant): void => {
  const kind = trial.station()?.kind ?? first.row.kind;
  let channels = trial.station()?.channels ?? [];
  const changes: ChannelChange[] = [];
  const said = new Map<string, number>();
  for (const read of rows) {
    const change = kind && changeIn(read, kind, channels, trial);
    if (!change) continue;
    refuseTwice(read, said, trial);
    const events = decideUnshared(change, { kind, channels }, at);
    channels = events.reduce(evolveChannels, channels);
    if (events.length > 0) changes.push(change);
  }
  const shared = sharedNames(channels);
  const lineOf = (id: string) => rows.find(({ row }) => row.channel === id)?.line ?? first.line;
  for (const { channel, message } of shared) trial.fault(lineOf(channel), 'names', message);
  if (trial.station() === undefined || shared.length > 0) return;
  if (changes.length > 0) trial.change(first.line, 'channel', { type: 'ChangeChannels', changes });
  for (const read of rows) readInstrument(read, trial);
};

/** Undefined where the line says nothing of a channel, or something wrong: then every fault is told. */
const changeIn = (
  read: ReadRow,
  kind: StationKind,
  channels: readonly Channel[],
  trial: Trial,
): Exclude<ChannelChange, { type: 'WithdrawChannelSettings' }> | undefined => {
  const { line, row, unread } = read;
  const { channel, point } = row;
  if (channel === undefined) {
    if (!unread.has('channel') && Object.keys(row).some(isColumn))
      trial.fault(line, 'channel', 'these cells belong to a channel: write its id');
    return undefined;
  }
  const known = channels.find((each) => each.channel === channel);
  for (const column of ['parameter', 'point'] as const)
    if (known && row[column] !== undefined && row[column] !== known[column])
      trial.fault(line, column, `it is ${known[column] ?? 'empty'} for ever: add another channel`);
  const parameter = known?.parameter ?? row.parameter;
  if (parameter === undefined) {
    if (!unread.has('parameter')) trial.fault(line, 'parameter', 'a new channel needs a parameter: write its code');
    return undefined;
  }
  const settings = settingsIn(read, parameter, kind, trial);
  if (settings === undefined) return undefined;
  return known
    ? { type: 'ChangeChannelSettings', channel, settings }
    : { type: 'AddChannel', channel, parameter, point, settings };
};

const settingsIn = (
  { line, row, unread }: ReadRow,
  parameter: string,
  kind: StationKind,
  trial: Trial,
): ChannelSettings | undefined => {
  if (row.interval_s === undefined && !unread.has('interval_s'))
    trial.fault(line, 'interval_s', 'write how many seconds lie between two readings');
  if (!hasTolerance(row) && !unread.has('flat_tolerance'))
    trial.fault(line, 'flat_tolerance', 'a flat line is judged within a tolerance: write it');
  const settings = settingsOf({ ...row, parameter }, kind);
  if (settings === undefined || [...unread].some(isColumn)) return undefined;
  const faults = settingsFaults({ kind, parameter }, settings);
  for (const { field, message } of faults)
    trial.fault(line, columnOf[field] ?? (isColumn(field) ? field : 'channel'), message);
  return faults.length > 0 ? undefined : settings;
};

const refuseTwice = ({ line, row }: ReadRow, said: Map<string, number>, trial: Trial): void => {
  const dated = JSON.stringify([row.channel, row.from]);
  const before = said.get(dated);
  if (before !== undefined)
    trial.fault(line, 'from', `line ${before} has the same channel and date: keep one, or choose another date`);
  said.set(dated, line);
};

const readInstrument = ({ line, row }: ReadRow, trial: Trial): void => {
  const { channel, instrument, instrument_from: from = null, brand, model, serial } = row;
  if (instrument !== undefined && channel !== undefined)
    trial.change(line, 'instrument', { type: 'InstallInstrument', instrument, channel, from, brand, model, serial });
  else if (from !== null || [brand, model, serial].some((cell) => cell !== undefined))
    trial.fault(line, 'instrument', 'these cells belong to an instrument: write its id');
};
