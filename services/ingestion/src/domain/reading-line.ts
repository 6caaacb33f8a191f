import { isDecimal, parseLocalStamp } from '@quantrac/regulations';
import { type Columns, noColumns } from './columns.ts';
import { judgeDecimal, NOT_A_NUMBER, PLAIN, REWRITE, rewritten } from './decimal-value.ts';
import { fieldText } from './field-text.ts';
import type { Held } from './line-fault.ts';
import { arrange, isQualifierByte, type LineFields, noFields } from './line-layout.ts';

export type DeviceStatus = '00' | '01' | '02';

/** One line that says a value (Phụ lục 15 TT 10/2021). */
export interface ReadingLine {
  /** From 1. */
  readonly line: number;
  /** The line's bytes in the file, from inclusive, to exclusive, without the line end. */
  readonly from: number;
  readonly to: number;
  /** As sent, in NFC: `PM2,5`. */
  readonly symbol: string;
  /** A plain decimal with a dot, its digits as sent: `7.20`. */
  readonly value: string;
  /** The value is below (`<`) or above (`>`) what the instrument can tell. */
  readonly qualifier: '' | '<' | '>';
  /** As sent, in NFC; empty where the line has none. */
  readonly unit: string;
  /** ms UTC: the line's own time, the name's where it carries none. */
  readonly time: number;
  /** 00 measuring, 01 calibration, 02 device error; a line that says none measures. */
  readonly status: DeviceStatus;
  /** The value is a code that stands for none, whatever the status says. */
  readonly missing: boolean;
}

/** What reading one file needs; its records serve all lines, so that a line allocates its reading only. */
export interface FileInHand {
  readonly bytes: Uint8Array;
  /** A character a byte. */
  readonly text: string;
  readonly nameTime: number | undefined;
  readonly missingCodes: readonly string[];
  readonly columns: Columns;
  readonly fields: LineFields;
  /** Where the newest stamp lies and its time: the lines of a file tend to share it. */
  stampFrom: number;
  stampTime: number | undefined;
}

const LESS = 0x3c;
const ZERO = 0x30;
const STAMP_BYTES = 14;
const MOST_FIELD_BYTES = 100;
const STATUSES: readonly DeviceStatus[] = ['00', '01', '02'];

export const inHand = (
  bytes: Uint8Array,
  nameTime: number | undefined,
  missingCodes: readonly string[],
): FileInHand => ({
  bytes,
  text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
  nameTime,
  missingCodes,
  columns: noColumns(),
  fields: noFields(),
  stampFrom: -1,
  stampTime: undefined,
});

/** Reads a line whose columns are in hand; what it cannot read is held, with the bytes that show why. */
export function readLine(file: FileInHand, line: number, from: number, to: number): ReadingLine | Held {
  const { bytes, columns, fields } = file;
  if (columns.control) return { reason: 'ControlCharacter', from, to };
  const misplaced = arrange(bytes, columns, fields);
  if (misplaced === 'ValueNotANumber') return { reason: misplaced, from: fields.valueFrom, to: fields.valueTo };
  if (misplaced === 'TimeImpossible') return { reason: misplaced, from: fields.unitFrom, to: fields.unitTo };
  if (misplaced !== undefined) return { reason: misplaced, from, to };
  return fieldsToReading(file, line, from, to);
}

function fieldsToReading(file: FileInHand, line: number, from: number, to: number): ReadingLine | Held {
  const { bytes, fields } = file;
  const { symbolFrom, symbolTo, unitFrom, unitTo, valueTo } = fields;
  if (symbolFrom === symbolTo) return { reason: 'SymbolEmpty', from, to };
  if (symbolTo - symbolFrom > MOST_FIELD_BYTES) return { reason: 'FieldTooLong', from: symbolFrom, to: symbolTo };
  if (unitTo - unitFrom > MOST_FIELD_BYTES) return { reason: 'FieldTooLong', from: unitFrom, to: unitTo };
  const symbol = fieldText(bytes, symbolFrom, symbolTo);
  const unit = unitFrom === unitTo ? '' : fieldText(bytes, unitFrom, unitTo);
  if (symbol === undefined || unit === undefined) return { reason: 'NotUtf8', from, to };

  if (fields.valueFrom === valueTo) return { reason: 'ValueEmpty', from, to };
  const qualifier = qualifierOf(bytes, fields);
  const valueFrom = qualifier === '' ? fields.valueFrom : afterQualifier(bytes, fields);
  const value = decimalText(file, valueFrom, valueTo);
  if (value === undefined) return { reason: 'ValueNotANumber', from: fields.valueFrom, to: valueTo };

  const status = statusOf(bytes, fields);
  if (status === undefined) return { reason: 'StatusUnknown', from: fields.statusFrom, to: fields.statusTo };
  const time = fields.timeFrom < 0 ? file.nameTime : stampTime(file, fields.timeFrom);
  if (time === undefined && fields.timeFrom < 0) return { reason: 'TimeMissing', from, to };
  if (time === undefined) return { reason: 'TimeImpossible', from: fields.timeFrom, to: fields.timeFrom + STAMP_BYTES };
  return { line, from, to, symbol, value, qualifier, unit, time, status, missing: isMissing(value, file.missingCodes) };
}

function qualifierOf(bytes: Uint8Array, fields: LineFields): '' | '<' | '>' {
  const byte = bytes[fields.valueFrom];
  if (!isQualifierByte(byte)) return '';
  return byte === LESS ? '<' : '>';
}

function afterQualifier(bytes: Uint8Array, fields: LineFields): number {
  let from = fields.valueFrom + 1;
  while (from < fields.valueTo && bytes[from] === 0x20) from++;
  return from;
}

function decimalText(file: FileInHand, from: number, to: number): string | undefined {
  const verdict = judgeDecimal(file.bytes, from, to);
  if (verdict === PLAIN) return file.text.slice(from, to);
  if (verdict === NOT_A_NUMBER) return undefined;
  if (verdict === REWRITE) return writtenOut(file.text.slice(from, to));
  return `${file.text.slice(from, verdict)}.${file.text.slice(verdict + 1, to)}`;
}

/** An exponent may make a number of more digits than any measurement has. */
function writtenOut(text: string): string | undefined {
  const plain = rewritten(text);
  return isDecimal(plain) ? plain : undefined;
}

function statusOf(bytes: Uint8Array, { statusFrom, statusTo }: LineFields): DeviceStatus | undefined {
  if (statusFrom === statusTo) return '00';
  if (statusTo - statusFrom !== 2 || bytes[statusFrom] !== ZERO) return undefined;
  return STATUSES[bytes[statusFrom + 1]! - ZERO];
}

function stampTime(file: FileInHand, from: number): number | undefined {
  if (file.stampFrom < 0 || !isSameStamp(file.bytes, file.stampFrom, from)) {
    file.stampFrom = from;
    file.stampTime = parseLocalStamp(file.text.slice(from, from + STAMP_BYTES));
  }
  return file.stampTime;
}

function isSameStamp(bytes: Uint8Array, one: number, other: number): boolean {
  for (let at = STAMP_BYTES - 1; at >= 0; at--) if (bytes[one + at] !== bytes[other + at]) return false;
  return true;
}

function isMissing(value: string, codes: readonly string[]): boolean {
  for (const code of codes) if (value.startsWith(code) && Number(value) === Number(code)) return true;
  return false;
}
