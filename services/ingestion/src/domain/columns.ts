const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/** A line of more gives no reading. */
export const MOST_COLUMNS = 32;

/** The columns of one line as byte ranges, spaces around them cut off. One record serves all lines of a file. */
export interface Columns {
  readonly starts: number[];
  readonly ends: number[];
  /** At most one above `MOST_COLUMNS`, whatever the line holds. */
  count: number;
  /** Separated by TAB, so a column may hold spaces and may be empty. */
  tabbed: boolean;
  /** The line holds NUL or another control character. */
  control: boolean;
  /** A line of the file, this one or an earlier, is not all ASCII. */
  beyondAscii: boolean;
}

export const noColumns = (): Columns => ({
  starts: [],
  ends: [],
  count: 0,
  tabbed: false,
  control: false,
  beyondAscii: false,
});

/** Splits the line that begins here, at TABs where it has one, else at runs of spaces. Its end, before its line end. */
export function splitLine(bytes: Uint8Array, from: number, columns: Columns): number {
  columns.count = 0;
  columns.tabbed = false;
  columns.control = false;
  let start = from;
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte > SPACE && byte < DELETE) continue;
    if (byte === SPACE) {
      if (columns.tabbed) continue;
      if (at > start) add(start, at, columns);
      start = at + 1;
    } else if (byte === TAB) {
      addTabbed(bytes, columns.tabbed ? start : from, at, columns);
      start = at + 1;
    } else if (byte === LF || byte === CR) break;
    else if (byte > DELETE) columns.beyondAscii = true;
    else columns.control = true;
  }
  if (columns.tabbed) addTabbed(bytes, start, at, columns);
  else if (at > start) add(start, at, columns);
  return at;
}

/** The first TAB makes one column of the words before it. */
function addTabbed(bytes: Uint8Array, from: number, to: number, columns: Columns): void {
  if (!columns.tabbed) columns.count = 0;
  columns.tabbed = true;
  let start = from;
  let end = to;
  while (start < end && bytes[start] === SPACE) start++;
  while (end > start && bytes[end - 1] === SPACE) end--;
  add(start, end, columns);
}

function add(start: number, end: number, columns: Columns): void {
  if (columns.count > MOST_COLUMNS) return;
  columns.starts[columns.count] = start;
  columns.ends[columns.count] = end;
  columns.count++;
}

export function isBlank(columns: Columns): boolean {
  if (columns.control) return false;
  for (let column = 0; column < columns.count; column++)
    if (columns.ends[column]! > columns.starts[column]!) return false;
  return true;
}
