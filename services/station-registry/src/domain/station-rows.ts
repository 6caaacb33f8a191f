import { parameterByCode } from '@quantrac/regulations';
import type { ChannelSettings, StationKind } from './channel-settings.ts';
import type { Station } from './station.ts';
import type { StationRow } from './station-csv.ts';

/** A station as lines: one a channel, one more for each later date of its settings; one without a channel if it has none. */
export const rowsOf = (station: Station): readonly StationRow[] => {
  const once = stationCells(station);
  const rows = station.channels.flatMap(({ channel, parameter, point, settings }) =>
    settings.map((each, at) => ({
      ...once,
      channel,
      parameter,
      ...(point !== undefined && { point }),
      ...settingsCells(each),
      ...(at === settings.length - 1 && instrumentCells(station, channel)),
    })),
  );
  return rows.length > 0 ? rows : [once];
};

const stationCells = ({ names, position, ...station }: Station): StationRow => ({
  station: station.station,
  kind: station.kind,
  name: station.name,
  lifecycle: station.lifecycle,
  ...(station.facility !== undefined && { facility: station.facility }),
  provinces: station.provinces,
  ...position,
  prefixes: names.prefixes,
  ...(names.folder && { folder: names.folder.code, folder_layout: names.folder.layout }),
  aliases: names.aliases,
  accounts: station.accounts,
  clock_offset_s: station.clockCorrections,
});

const settingsCells = (settings: ChannelSettings): StationRow => {
  const { grossRange, spike, rateOfChange, flatLine } = settings.quality ?? {};
  return {
    from: settings.from ?? undefined,
    names: settings.names,
    unit: settings.unit,
    unit_sent: settings.unitSent,
    unit_spellings: settings.unitSpellings,
    basis: settings.basis,
    basis_sent: settings.basisSent,
    stamp: settings.stamp,
    statistic: settings.statistic,
    interval_s: settings.intervalMs,
    delivery_s: settings.deliveryMs,
    analyser_cycle_s: settings.analyserCycleMs,
    range_fail_min: grossRange?.fail?.min,
    range_fail_max: grossRange?.fail?.max,
    range_suspect_min: grossRange?.suspect?.min,
    range_suspect_max: grossRange?.suspect?.max,
    spike_suspect: spike?.suspect,
    spike_fail: spike?.fail,
    rate_suspect: rateOfChange?.suspect,
    rate_fail: rateOfChange?.fail,
    flat_tolerance: flatLine?.tolerance,
    flat_suspect_after: flatLine?.suspectAfter,
    flat_fail_after: flatLine?.failAfter,
  };
};

/** The one in place; those before it stay where they are. */
const instrumentCells = ({ instruments }: Station, channel: string): StationRow => {
  const inPlace = instruments.find((each) => each.channel === channel && each.to === null);
  if (inPlace === undefined) return {};
  const { instrument, from, brand, model, serial } = inPlace;
  return { instrument, instrument_from: from ?? undefined, brand, model, serial };
};

/**
 * The settings that a line says as a whole. Empty: the parameter's code as name, the regulation's unit, stamps that end their
 * interval, means, delivered as often as measured. Undefined where the interval is missing or a flat line has no tolerance.
 */
export const settingsOf = (row: StationRow, kind: StationKind): ChannelSettings | undefined => {
  const { parameter = '', interval_s: intervalMs } = row;
  if (intervalMs === undefined || !hasTolerance(row)) return undefined;
  return {
    from: row.from ?? null,
    names: [...(row.names ?? [parameter])],
    unit: row.unit ?? parameterByCode(parameter)?.units[kind] ?? '',
    ...(row.unit_sent !== undefined && { unitSent: row.unit_sent }),
    ...(row.unit_spellings !== undefined && { unitSpellings: [...row.unit_spellings] }),
    ...(row.basis !== undefined && { basis: row.basis }),
    ...(row.basis_sent !== undefined && { basisSent: row.basis_sent }),
    stamp: row.stamp ?? 'end',
    statistic: row.statistic ?? 'mean',
    intervalMs,
    deliveryMs: row.delivery_s ?? intervalMs,
    ...(row.analyser_cycle_s !== undefined && { analyserCycleMs: row.analyser_cycle_s }),
    quality: qualityOf(row),
  };
};

/** A flat line is judged within a tolerance. */
export const hasTolerance = (row: StationRow): boolean =>
  row.flat_tolerance !== undefined || (row.flat_suspect_after === undefined && row.flat_fail_after === undefined);

const qualityOf = (row: StationRow): ChannelSettings['quality'] => ({
  grossRange: {
    fail: { min: row.range_fail_min, max: row.range_fail_max },
    suspect: { min: row.range_suspect_min, max: row.range_suspect_max },
  },
  spike: { suspect: row.spike_suspect, fail: row.spike_fail },
  rateOfChange: { suspect: row.rate_suspect, fail: row.rate_fail },
  ...(row.flat_tolerance !== undefined && {
    flatLine: {
      tolerance: row.flat_tolerance,
      suspectAfter: row.flat_suspect_after,
      failAfter: row.flat_fail_after,
    },
  }),
});
