/** Why a line is held. Stored with what is held: never renamed. */
export type LineFaultReason =
  | 'ControlCharacter'
  | 'FieldTooLong'
  | 'LineCut'
  | 'NotUtf8'
  | 'StatusUnknown'
  | 'SymbolEmpty'
  | 'TimeImpossible'
  | 'TimeMissing'
  | 'TooManyLines'
  | 'Utf16'
  | 'ValueEmpty'
  | 'ValueNotANumber'
  | 'WrongColumns';

/** Bytes of a file that are held: they give no reading, and cost the other lines nothing. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  /** The bytes held, from inclusive, to exclusive, without the line end. */
  readonly from: number;
  readonly to: number;
  /** The line to show to a person: its first 200 bytes at most, control characters replaced. */
  readonly text: string;
  readonly reason: LineFaultReason;
  /** What to do, in one sentence that quotes what was wrong. */
  readonly advice: string;
}

/** What was wrong: a reason and the bytes that show it. */
export interface Held {
  readonly reason: LineFaultReason;
  readonly from: number;
  readonly to: number;
}

const advice: Record<LineFaultReason, (quoted: string) => string> = {
  ControlCharacter: () =>
    'the line holds NUL or other control characters: check the storage of the logger and send the file again',
  FieldTooLong: (quoted) => `${quoted} is too long for a column: at most 100 bytes`,
  LineCut: (quoted) =>
    `the file ends inside or right after ${quoted}: send it again whole, with a line end after its last line; reprocess this one only if the line is whole`,
  NotUtf8: (quoted) => `${quoted} is not UTF-8 text: set the logger to write UTF-8`,
  StatusUnknown: (quoted) =>
    `${quoted} is not a device status: write 00 (measuring), 01 (calibration) or 02 (device error)`,
  SymbolEmpty: () => 'the line names no parameter: write its symbol in the first column',
  TimeImpossible: (quoted) =>
    `${quoted} is not a local time of 14 digits, yyyyMMddHHmmss, 00:00:00 to 23:59:59: check the clock and format of the logger`,
  TimeMissing: () => 'neither the line nor the name of the file carries a time: write one of 14 digits in the line',
  TooManyLines: () => 'the file has more lines than are read at once: send the rest as further files',
  Utf16: () => 'the file is UTF-16 text: set the logger to write UTF-8',
  ValueEmpty: () => 'the line carries no value: leave the line out, or write the code that stands for a missing value',
  ValueNotANumber: (quoted) => `${quoted} is not a number: write digits with a dot or a comma, and no text`,
  WrongColumns: (quoted) =>
    `${quoted} does not have the columns of a reading: write symbol, value, unit, time and status, a TAB between them`,
};

const MOST_SHOWN_BYTES = 200;
const MOST_QUOTED_BYTES = 40;

export const lineFault = (bytes: Uint8Array, line: number, from: number, to: number, held: Held): LineFault => ({
  line,
  from,
  to,
  text: excerpt(bytes, from, to, MOST_SHOWN_BYTES),
  reason: held.reason,
  advice: advice[held.reason](`"${excerpt(bytes, held.from, held.to, MOST_QUOTED_BYTES)}"`),
});

function excerpt(bytes: Uint8Array, from: number, to: number, mostBytes: number): string {
  const end = Math.min(to, from + mostBytes);
  const text = new TextDecoder().decode(bytes.subarray(from, end)).replace(/\t/g, ' ').replace(/\p{C}/gu, '·');
  return end < to ? `${text}…` : text;
}
