import { isFault } from '@quantrac/event-sourcing';
import type { StationKind } from './channel-settings.ts';
import { type CsvRecord, formatCsv, parseCsv, type Separator } from './csv.ts';
import {
  accountName,
  alias,
  type CellOf,
  chosenId,
  clockOffset,
  decimal,
  instant,
  list,
  oneOf,
  provinceFrom,
  seconds,
  text,
  unitSpelling,
  whole,
} from './csv-cells.ts';
import { type Lifecycle, nextStages } from './lifecycle.ts';

const kinds: readonly StationKind[] = [
  'wastewater',
  'stack',
  'ambient-air',
  'surface-water',
  'groundwater',
  'hydromet',
];
const stages = Object.keys(nextStages) as readonly Lifecycle[];
const fileNamePart = /^[^/\\]+$/;

/** What stands once a station; repeated in each of its lines. */
export const stationColumns = {
  station: chosenId,
  kind: oneOf(kinds),
  name: text(200),
  lifecycle: oneOf(stages),
  facility: chosenId,
  provinces: list(provinceFrom),
  latitude: decimal,
  longitude: decimal,
  prefixes: list(text(200, fileNamePart, 'a prefix is part of a file name')),
  folder: text(100, /^(?!\.\.?$)[^/\\]+$/, 'a folder code names one folder'),
  folder_layout: whole(1, 10),
  aliases: list(alias),
  accounts: list(accountName),
  clock_offset_s: list(clockOffset),
};

/** One line a channel; one more for each later date on which its settings change. */
export const channelColumns = {
  channel: chosenId,
  parameter: text(32),
  point: text(32),
  from: instant,
  names: list(text(64)),
  unit: text(32),
  unit_sent: text(32),
  unit_spellings: list(unitSpelling),
  basis: text(16),
  basis_sent: text(16),
  stamp: oneOf(['end', 'start']),
  statistic: oneOf(['mean', 'instant', 'sum']),
  interval_s: seconds,
  delivery_s: seconds,
  analyser_cycle_s: seconds,
  range_fail_min: decimal,
  range_fail_max: decimal,
  range_suspect_min: decimal,
  range_suspect_max: decimal,
  spike_suspect: decimal,
  spike_fail: decimal,
  rate_suspect: decimal,
  rate_fail: decimal,
  flat_tolerance: decimal,
  flat_suspect_after: whole(2, Number.MAX_SAFE_INTEGER),
  flat_fail_after: whole(2, Number.MAX_SAFE_INTEGER),
  instrument: chosenId,
  instrument_from: instant,
  brand: text(100),
  model: text(100),
  serial: text(100),
};

const columns = { ...stationColumns, ...channelColumns };

type Columns = typeof columns;
export type Column = keyof Columns;

/** A line of the file; an empty cell is absent. */
export type StationRow = { readonly [Name in Column]?: Columns[Name] extends CellOf<infer Value> ? Value : never };

export interface ImportFault {
  readonly line: number;
  readonly column: string;
  /** Says what to do. */
  readonly message: string;
}

export interface ReadRow {
  readonly line: number;
  readonly row: StationRow;
  /** Columns whose cells could not be read. */
  readonly unread: ReadonlySet<Column>;
  /** Some cell could not be read, or stands under no column. */
  readonly faulty: boolean;
}

export interface ReadFile {
  readonly rows: readonly ReadRow[];
  readonly faults: readonly ImportFault[];
  /** False: lines are missing, and nobody knows of which station. */
  readonly whole: boolean;
}

const names = Object.keys(columns) as readonly Column[];
const isColumn = (name: string): name is Column => Object.hasOwn(columns, name);

/** A file of stations, line by line. */
export const writeStationCsv = (rows: readonly StationRow[], separator: Separator): readonly string[] =>
  formatCsv([names, ...rows.map((row) => names.map((name) => writeCell(name, row)))], separator);

/** Every line that could be read, and every fault of form; a file whose header is faulty has no lines. */
export const readStationCsv = (file: string): ReadFile => {
  const { records, faults: broken } = parseCsv(file);
  const [header, ...lines] = records;
  const faults: ImportFault[] = broken.map((fault) => ({ ...fault, column: '' }));
  const wrong = headerFaults(header, file);
  if (header === undefined || wrong.length > 0) return { rows: [], faults: [...faults, ...wrong], whole: false };
  const places = header.cells.map((cell) => cell.trim().toLowerCase());
  const rows = lines.map((record) => readRow(record, places, faults));
  return { rows, faults, whole: broken.length === 0 };
};

const headerFaults = (header: CsvRecord | undefined, file: string): readonly ImportFault[] => {
  const fault = (column: string, message: string): ImportFault => ({ line: header?.line ?? 1, column, message });
  if (header === undefined) return [fault('', 'the file is empty: export the stations to see what belongs in it')];
  if (file.includes('\uFFFD')) return [fault('', 'the file is not UTF-8: save it as "CSV UTF-8"')];
  const cells = header.cells.map((cell) => cell.trim().toLowerCase());
  const unknown = cells.filter((cell) => cell !== '' && !isColumn(cell));
  const twice = cells.filter((cell, at) => cell !== '' && cells.indexOf(cell) < at);
  return [
    ...unknown.map((cell) => fault(cell, `no column is named so: use ${names.join(', ')}`)),
    ...twice.map((cell) => fault(cell, 'the column stands twice: remove one')),
  ];
};

const readRow = ({ line, cells }: CsvRecord, places: readonly string[], faults: ImportFault[]): ReadRow => {
  const row: Record<string, unknown> = {};
  const unread = new Set<Column>();
  const before = faults.length;
  cells.forEach((cell, at) => {
    const column = places[at] ?? '';
    const value = unguarded(cell.trim());
    if (value === '') return;
    if (!isColumn(column)) {
      faults.push({ line, column, message: `cell ${at + 1} stands under no column: remove it` });
      return;
    }
    try {
      row[column] = columns[column].read(value);
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      faults.push({ line, column, message: fault.message });
      unread.add(column);
    }
  });
  return { line, row: row as StationRow, unread, faulty: faults.length > before };
};

const writeCell = (name: Column, row: StationRow): string => {
  const value = row[name];
  return value === undefined ? '' : guarded((columns[name] as CellOf<unknown>).write(value));
};

/** Excel would run what begins like a formula, and hides a leading apostrophe. */
const guarded = (cell: string): string => (/^[=+\-@']/.test(cell) && !/^-\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell);

const unguarded = (cell: string): string => (cell.startsWith("'") ? cell.slice(1) : cell);
