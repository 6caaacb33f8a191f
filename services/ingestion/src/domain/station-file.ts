import { mayBeCutUnit } from '@quantrac/regulations';
import { isBlank, splitLine } from './columns.ts';
import { fieldText } from './field-text.ts';
import { type Held, type LineFault, lineFault } from './line-fault.ts';
import type { LineFields } from './line-layout.ts';
import { type FileInHand, inHand, type ReadingLine, readLine } from './reading-line.ts';

export interface ParseOptions {
  /** The time in the file's name, ms UTC: for lines that carry none. */
  readonly nameTime?: number | undefined;
  /** Plain decimals that stand for a missing value, with or without zeros after the mark. */
  readonly missingCodes?: readonly string[];
  /** What follows so many reading lines is held unread, as one fault. */
  readonly mostLines?: number;
  /** A person says that the last line, though nothing ends it, came whole. */
  readonly lastLineIsWhole?: boolean | undefined;
  /** Further faults are counted, not described. */
  readonly mostFaults?: number;
}

/** Every byte is in a reading line or a held one, or is a line end, a blank line or the byte order mark. */
export interface ParsedFile {
  readonly lines: readonly ReadingLine[];
  readonly faults: readonly LineFault[];
  /** Faults beyond `mostFaults`. */
  readonly faultsLeftOut: number;
  /** The bytes of all held lines, those left out included. */
  readonly heldBytes: number;
  /** The last line has no line end: the habit of a logger, or an upload that was cut. */
  readonly cut: boolean;
  readonly encoding: Encoding;
}

type Parsed = { -readonly [Field in keyof ParsedFile]: ParsedFile[Field] } & {
  readonly lines: ReadingLine[];
  readonly faults: LineFault[];
};

type Hold = (line: number, from: number, to: number, held: Held) => void;

export type Encoding = 'ascii' | 'utf-8' | 'utf-8-bom' | 'utf-16';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const MISSING_CODES: readonly string[] = ['-999', '-9999'];

/** Reads what can be read and holds the rest, line by line. Wrong input is data here: nothing throws. */
export function parseStationFile(bytes: Uint8Array, options: ParseOptions = {}): ParsedFile {
  const parsed: Parsed = {
    lines: [],
    faults: [],
    faultsLeftOut: 0,
    heldBytes: 0,
    cut: isCut(bytes),
    encoding: 'ascii',
  };
  const hold = holdingIn(parsed, bytes, options.mostFaults ?? 100);
  if (isUtf16(bytes)) {
    parsed.encoding = 'utf-16';
    hold(1, 0, bytes.length, { reason: 'Utf16', from: 0, to: 0 });
    return parsed;
  }
  const file = inHand(bytes, options.nameTime, options.missingCodes ?? MISSING_CODES);
  const start = hasByteOrderMark(bytes) ? 3 : 0;
  readLines(file, start, options, parsed.lines, hold);
  if (start > 0) parsed.encoding = 'utf-8-bom';
  else if (file.columns.beyondAscii) parsed.encoding = 'utf-8';
  return parsed;
}

function readLines(
  file: FileInHand,
  start: number,
  { mostLines = 200_000, lastLineIsWhole = false }: ParseOptions,
  lines: ReadingLine[],
  hold: Hold,
): void {
  const { bytes, columns, fields } = file;
  let lastField: LineFields['lastField'] | undefined;
  for (let line = 1, from = start; from < bytes.length; line++) {
    const to = splitLine(bytes, from, columns);
    if (!isBlank(columns)) {
      if (lines.length === mostLines) {
        hold(line, from, bytes.length, { reason: 'TooManyLines', from, to });
        return;
      }
      const read = readLine(file, line, from, to);
      if ('reason' in read) hold(line, from, to, read);
      else if (to === bytes.length && !lastLineIsWhole && !isWhole(file, lastField))
        hold(line, from, to, { reason: 'LineCut', from, to });
      else {
        lines.push(read);
        lastField = fields.lastField;
      }
    }
    from = afterLineEnd(bytes, to);
  }
}

const holdingIn =
  (parsed: Parsed, bytes: Uint8Array, mostFaults: number): Hold =>
  (line, from, to, held) => {
    parsed.heldBytes += to - from;
    if (parsed.faults.length < mostFaults) parsed.faults.push(lineFault(bytes, line, from, to, held));
    else parsed.faultsLeftOut++;
  };

const afterLineEnd = (bytes: Uint8Array, end: number): number =>
  bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;

const isCut = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes.at(-1) !== LF && bytes.at(-1) !== CR;

/**
 * A last line without a line end is whole when it closes with the field that closed the line before; a lone one when it got as far as its
 * own time and not into the next column. Nothing behind a value says that its last digit came.
 */
function isWhole({ bytes, fields }: FileInHand, lastField: LineFields['lastField'] | undefined): boolean {
  if (fields.lastField === 'value') return false;
  if (fields.lastField === 'unit' && mayBeCutUnit(fieldText(bytes, fields.unitFrom, fields.unitTo) ?? '')) return false;
  return lastField === undefined ? fields.timeFrom >= 0 && bytes.at(-1)! > SPACE : fields.lastField === lastField;
}

const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

const hasByteOrderMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
