import { type Columns, MOST_COLUMNS } from './columns.ts';
import { judgeDecimal, NOT_A_NUMBER } from './decimal-value.ts';
import type { LineFaultReason } from './line-fault.ts';

const LESS = 0x3c;
const MORE = 0x3e;

/** Where one line's fields lie, as byte ranges; an absent one is empty. One record serves all lines of a file. */
export interface LineFields {
  symbolFrom: number;
  symbolTo: number;
  valueFrom: number;
  valueTo: number;
  unitFrom: number;
  unitTo: number;
  /** 14 digits from here; -1 where the line carries no time. */
  timeFrom: number;
  statusFrom: number;
  statusTo: number;
  /** Which field closes the line: a line that was cut closes with another than its neighbours. */
  lastField: 'status' | 'time' | 'unit' | 'value';
}

export const noFields = (): LineFields => ({
  symbolFrom: 0,
  symbolTo: 0,
  valueFrom: 0,
  valueTo: 0,
  unitFrom: 0,
  unitTo: 0,
  timeFrom: -1,
  statusFrom: 0,
  statusTo: 0,
  lastField: 'value',
});

/**
 * Finds the fields by the column that holds 14 digits (Phụ lục 15 TT 10/2021 and what the field sends):
 * `symbol value unit time [status]`, `symbol value time [status]`, `time symbol value [unit]`, or the first two without
 * their time. Between spaces a symbol or a unit may hold one too, so the number furthest right is the value.
 */
export function arrange(bytes: Uint8Array, columns: Columns, fields: LineFields): LineFaultReason | undefined {
  if (columns.count > MOST_COLUMNS) return 'WrongColumns';
  fields.timeFrom = -1;
  fields.statusFrom = 0;
  fields.statusTo = 0;
  let first = 0;
  let end = withoutTrailingEmpty(bytes, columns);
  if (end > 2 && isStamp(bytes, columns, end - 1)) fields.timeFrom = columns.starts[--end]!;
  else if (end > 3 && isStamp(bytes, columns, end - 2)) {
    placeStatus(columns, end - 1, fields);
    end -= 2;
    fields.timeFrom = columns.starts[end]!;
  } else if (isStamp(bytes, columns, 0)) fields.timeFrom = columns.starts[first++]!;
  else {
    if (end > 2 && isTwoDigits(bytes, columns, end - 1)) placeStatus(columns, --end, fields);
    if (end > 2 && columns.ends[end - 1] === columns.starts[end - 1]) end--;
  }
  const reason = columns.tabbed
    ? arrangeTabbed(bytes, columns, first, end, fields)
    : arrangeSpaced(bytes, columns, first, end, fields);
  if (reason !== undefined) return reason;
  fields.lastField = lastFieldOf(fields, first);
  return fields.timeFrom < 0 ? timeInDisguise(bytes, fields) : undefined;
}

/** Many loggers close a line with a TAB; an empty value at the end stays a column. */
function withoutTrailingEmpty(bytes: Uint8Array, columns: Columns): number {
  const least = isStamp(bytes, columns, 0) ? 3 : 2;
  let end = columns.count;
  while (end > least && columns.ends[end - 1] === columns.starts[end - 1]) end--;
  return end;
}

function arrangeTabbed(
  bytes: Uint8Array,
  columns: Columns,
  first: number,
  end: number,
  fields: LineFields,
): LineFaultReason | undefined {
  const count = end - first;
  if (count === 2 || count === 3) {
    placeReading(columns, first, first + 1, end, fields);
    return undefined;
  }
  if (count !== 4 || fields.timeFrom >= 0) return 'WrongColumns';
  placeReading(columns, first, first + 2, end, fields);
  return timeInDisguise(bytes, fields) ?? 'WrongColumns';
}

function arrangeSpaced(
  bytes: Uint8Array,
  columns: Columns,
  first: number,
  end: number,
  fields: LineFields,
): LineFaultReason | undefined {
  if (end - first < 2) return 'WrongColumns';
  for (let at = end - 1; at > first; at--) {
    if (!isNumber(bytes, columns.starts[at]!, columns.ends[at]!)) continue;
    placeReading(columns, first, at, end, fields);
    if (at - first > 1 && isQualifier(bytes, columns, at - 1)) {
      fields.valueFrom = columns.starts[at - 1]!;
      fields.symbolTo = columns.ends[at - 2]!;
    }
    return undefined;
  }
  placeReading(columns, first, first + 1, end, fields);
  return 'ValueNotANumber';
}

/** A line that seems to carry no time may carry one of another form: `2026-01-15 08:30`, or a stamp of 12 digits. */
function timeInDisguise(bytes: Uint8Array, fields: LineFields): LineFaultReason | undefined {
  if (digitsIn(bytes, fields.unitFrom, fields.unitTo) >= 6) return 'TimeImpossible';
  const digits = digitsIn(bytes, fields.valueFrom, fields.valueTo);
  return digits >= 10 && digits === fields.valueTo - fields.valueFrom ? 'WrongColumns' : undefined;
}

function placeReading(columns: Columns, first: number, value: number, end: number, fields: LineFields): void {
  fields.symbolFrom = columns.starts[first]!;
  fields.symbolTo = columns.ends[value - 1]!;
  fields.valueFrom = columns.starts[value]!;
  fields.valueTo = columns.ends[value]!;
  const hasUnit = end > value + 1;
  fields.unitFrom = hasUnit ? columns.starts[value + 1]! : 0;
  fields.unitTo = hasUnit ? columns.ends[end - 1]! : 0;
}

function placeStatus(columns: Columns, column: number, fields: LineFields): void {
  fields.statusFrom = columns.starts[column]!;
  fields.statusTo = columns.ends[column]!;
}

function lastFieldOf(fields: LineFields, first: number): LineFields['lastField'] {
  if (fields.statusTo > fields.statusFrom) return 'status';
  if (fields.timeFrom >= 0 && first === 0) return 'time';
  return fields.unitTo > fields.unitFrom ? 'unit' : 'value';
}

export const isQualifierByte = (byte: number | undefined): boolean => byte === LESS || byte === MORE;

const isQualifier = (bytes: Uint8Array, columns: Columns, column: number): boolean =>
  columns.ends[column]! - columns.starts[column]! === 1 && isQualifierByte(bytes[columns.starts[column]!]);

function isNumber(bytes: Uint8Array, from: number, to: number): boolean {
  const qualified = isQualifierByte(bytes[from]) ? 1 : 0;
  return judgeDecimal(bytes, from + qualified, to) !== NOT_A_NUMBER;
}

const isStamp = (bytes: Uint8Array, columns: Columns, column: number): boolean =>
  columns.ends[column]! - columns.starts[column]! === 14 &&
  digitsIn(bytes, columns.starts[column]!, columns.ends[column]!) === 14;

const isTwoDigits = (bytes: Uint8Array, columns: Columns, column: number): boolean =>
  columns.ends[column]! - columns.starts[column]! === 2 &&
  digitsIn(bytes, columns.starts[column]!, columns.ends[column]!) === 2;

function digitsIn(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) digits++;
  return digits;
}
