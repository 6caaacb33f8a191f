import { type FileFormat, type FolderLayout, folderFor, writeStationFile } from '@quantrac/simulator';
import { type ChannelModel, channelModels, type StationKind } from '@quantrac/simulator/channel-models';
import { localStamp } from '@quantrac/simulator/station-file';

export interface FleetStation {
  readonly index: number;
  /** Id, folder and prefix. */
  readonly code: string;
  readonly kind: StationKind;
  readonly layout: FolderLayout;
  readonly format: FileFormat;
  readonly channels: readonly ChannelModel[];
}

/** One file that a logger sends. */
export interface Upload {
  readonly station: FleetStation;
  /** ms: of its readings. */
  readonly time: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const CHANNELS = 10;
export const SLOT_MS = 300_000;
export const HOUR_MS = 3_600_000;
/** 00:00 in Việt Nam. */
export const START = Date.UTC(2026, 0, 14, 17);

/** The channel whose single readings are watched, so that one file can open an incident. */
export const WATCHED = 'TSS';

const kinds: readonly StationKind[] = ['wastewater', 'ambient-air', 'stack', 'surface-water'];
const plain: FileFormat = {
  layout: 1,
  separator: '\t',
  lineEnd: '\r\n',
  decimalMark: '.',
  byteOrderMark: false,
  quietStatus: false,
};
const formats: readonly FileFormat[] = [
  plain,
  { ...plain, lineEnd: '\n' },
  { ...plain, separator: ' ', decimalMark: ',' },
  { ...plain, layout: 2 },
  { ...plain, layout: 4 },
];

/** Stations of four kinds in turn, ten channels each, in all folder layouts. */
export const fleetOf = (count: number): readonly FleetStation[] =>
  Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length]!;
    return {
      index,
      code: `b${String(index).padStart(4, '0')}`,
      kind,
      layout: ((index % 10) + 1) as FolderLayout,
      format: formats[Math.floor(index / kinds.length) % formats.length]!,
      channels: channelModels[kind],
    };
  });

/** The file of a station at a time: sound values, or the watched channel above its limit. */
export function fileAt(station: FleetStation, time: number, above = false): Upload {
  const { code, layout, format, channels } = station;
  const readings = channels.map((model, channel) => ({
    symbol: model.symbol,
    unit: model.unit,
    time,
    status: '00',
    value: valueAt(model, mixed(station.index * 16 + channel, time / SLOT_MS), above),
  }));
  const stamp = localStamp(time);
  const path = `${folderFor(layout, code, stamp)}/${code}_${stamp}.txt`;
  return { station, time, path, bytes: writeStationFile(readings, format) };
}

/** All files of an hour, the first one slot after `from`: each station's twelve together, as loggers that deliver every hour send them. */
export const filesOfHour = (fleet: readonly FleetStation[], from: number): readonly Upload[] =>
  fleet.flatMap((station) => slotsAfter(from).map((time) => fileAt(station, time)));

/** The same files in the order of their times, as they pile up behind a node that was away while loggers sent every five minutes. */
export const filesInTimeOrder = (fleet: readonly FleetStation[], from: number): readonly Upload[] =>
  slotsAfter(from).flatMap((time) => fleet.map((station) => fileAt(station, time)));

const slotsAfter = (from: number): readonly number[] =>
  Array.from({ length: HOUR_MS / SLOT_MS }, (_, slot) => from + (slot + 1) * SLOT_MS);

function valueAt({ symbol, mean, noise, decimals, limit }: ChannelModel, share: number, above: boolean): string {
  const exceeds = above && symbol === WATCHED && limit?.max !== undefined;
  return (exceeds ? limit.max * (1.05 + share / 20) : mean + noise * (share - 0.5)).toFixed(decimals);
}

/** The same share of 1 for the same numbers. */
function mixed(a: number, b: number): number {
  let mixed = Math.imul(a + 0x9e37, 0x85ebca6b) ^ Math.imul(b + 0x79b9, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}
