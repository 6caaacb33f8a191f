import { type ChannelModel, channelModels, type StationKind, usualChannels } from './channel-models.ts';
import type { FolderLayout } from './folder-layout.ts';
import { mixed, share } from './random.ts';
import type { FileFormat } from './station-file.ts';

/** One channel of one station: its model with the names that this logger writes. */
export interface FleetChannel {
  readonly model: ChannelModel;
  readonly symbol: string;
  readonly unit: string;
  readonly seed: number;
}

/** One logger and how it sends. */
export interface FleetStation {
  readonly index: number;
  /** Its folder. */
  readonly code: string;
  readonly name: string;
  readonly kind: StationKind;
  readonly province: string;
  /** Its files are named `<prefix>_<time>.txt`. */
  readonly prefix: string;
  readonly layout: FolderLayout;
  readonly format: FileFormat;
  readonly way: Way;
  /** Writes `.tmp` and renames; else under the last name at once. */
  readonly renames: boolean;
  readonly intervalMs: number;
  /** How often it sends what it has: its interval, or an hour. */
  readonly deliveryMs: number;
  /** Between a result and its upload. */
  readonly delayMs: number;
  readonly seed: number;
  readonly channels: readonly FleetChannel[];
}

export type Way = 'ftp' | 'http' | 'folder';

export interface FleetOptions {
  readonly stations: number;
  readonly seed: number;
  readonly intervalMs: number;
  /** At each station; undefined: as many as its kind usually has. */
  readonly channels?: number | undefined;
  /** What the first part of the prefixes says. */
  readonly provinces: readonly string[];
}

const hourMs = 3_600_000;
const kinds: readonly StationKind[] = ['wastewater', 'ambient-air', 'stack', 'surface-water'];
const ways: readonly Way[] = ['ftp', 'http', 'folder'];
const shortOf: Record<StationKind, string> = {
  wastewater: 'NT',
  'ambient-air': 'KK',
  stack: 'KT',
  'surface-water': 'NM',
};
const nameOf: Record<StationKind, string> = {
  wastewater: 'Trạm nước thải',
  'ambient-air': 'Trạm không khí xung quanh',
  stack: 'Trạm khí thải',
  'surface-water': 'Trạm nước mặt',
};

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
  { ...plain, layout: 2, lineEnd: '\n' },
  { ...plain, decimalMark: ',', byteOrderMark: true },
  { ...plain, layout: 4 },
  { ...plain, layout: 3, separator: '  ', lineEnd: '\n' },
  { ...plain, lineEnd: '\n', decimalMark: ',', quietStatus: true },
];

const unitSpellings: Readonly<Record<string, readonly string[]>> = {
  '°C': ['°C', 'oC'],
  'mg/L': ['mg/L', 'mg/l'],
  'm3/h': ['m3/h', 'm³/h'],
  'µg/Nm3': ['µg/Nm3', 'μg/Nm3'],
  'mg/Nm3': ['mg/Nm3', 'mg/Nm³'],
};

/** All kinds, ways, layouts and formats in turn, so that a few stations show most of what the field sends. */
export const fleetOf = (options: FleetOptions): readonly FleetStation[] =>
  Array.from({ length: options.stations }, (_, index) => stationAt(index, options));

/** A station beyond the fleet that nobody registered; its files come by the folder, which asks for no account. */
export const strangerOf = (options: FleetOptions): FleetStation => ({
  ...stationAt(options.stations, options),
  way: 'folder',
  format: plain,
});

function stationAt(index: number, options: FleetOptions): FleetStation {
  const kind = kinds[index % kinds.length]!;
  const number = String(index + 1).padStart(3, '0');
  // Fleets of different seeds are different stations, also on one node.
  const code = `${shortOf[kind]}${options.seed}-${number}`;
  const seed = mixed(options.seed, 0x57a7, index);
  const province = options.provinces[index % options.provinces.length]!;
  return {
    index,
    code,
    name: `${nameOf[kind]} ${options.seed}-${number}`,
    kind,
    province,
    prefix: index % 7 === 6 ? code : `${province}_${facilityOf(seed)}_${code}`,
    layout: ((index % 10) + 1) as FolderLayout,
    format: formats[(index + Math.floor(index / kinds.length)) % formats.length]!,
    way: ways[index % ways.length]!,
    renames: index % 2 === 0,
    intervalMs: options.intervalMs,
    deliveryMs: index % 5 === 4 ? hourMs : options.intervalMs,
    delayMs: 5_000 + Math.floor(share(seed, 3) * 40_000),
    seed,
    channels: channelsOf(kind, seed, options.channels),
  };
}

function facilityOf(seed: number): string {
  const letters = mixed(seed, 4);
  return [0, 8, 16].map((bits) => String.fromCharCode(65 + ((letters >>> bits) % 26))).join('');
}

function channelsOf(kind: StationKind, seed: number, count = usualChannels[kind]): readonly FleetChannel[] {
  return channelModels[kind].slice(0, count).map((model, channel) => ({
    model,
    symbol: model.symbol,
    unit: spelled(model.unit, mixed(seed, 5)),
    seed: mixed(seed, 6, channel),
  }));
}

function spelled(unit: string, choice: number): string {
  const spellings = unitSpellings[unit] ?? [unit];
  return spellings[choice % spellings.length]!;
}
