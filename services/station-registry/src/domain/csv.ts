/** One record of a CSV file. */
export interface CsvRecord {
  /** On which line it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

export interface ParsedCsv {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly CsvFault[];
}

export type Separator = ';' | ',';

const byteOrderMark = '\uFEFF';

/** Reads RFC 4180 with either separator, whichever the first line has more of; records without any text are left out. */
export const parseCsv = (file: string): ParsedCsv => {
  const text = file.startsWith(byteOrderMark) ? file.slice(1) : file;
  const separator = separatorOf(text);
  const [records, faults]: [CsvRecord[], CsvFault[]] = [[], []];
  let line = 1;
  for (let at = 0; at < text.length; at = afterLineEnd(text, at)) {
    const begins = line;
    const cells: string[] = [];
    let faulty = false;
    do {
      const cell = quotedCell(text, at, separator) ?? bareCell(text, at, separator);
      if (cell.faulty)
        faults.push({ line, message: 'a quote stands alone: quote the cell and double quotes inside it' });
      faulty ||= cell.faulty;
      cells.push(cell.value);
      line += lineEndsIn(text, at, cell.to);
      at = cell.to;
    } while (text[at] === separator && ++at);
    line++;
    if (!faulty && cells.some((value) => value.trim() !== '')) records.push({ line: begins, cells });
  }
  return { records, faults };
};

/** The lines of a file, each with its end; the byte order mark tells Excel that it is UTF-8. */
export const formatCsv = (records: readonly (readonly string[])[], separator: Separator): readonly string[] =>
  records.map((cells, at) => `${at === 0 ? byteOrderMark : ''}${cells.map(written).join(separator)}\r\n`);

const written = (cell: string): string => (/[;,"\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

interface Cell {
  readonly value: string;
  /** Where what ends it stands: a separator, a line end or the end of the text. */
  readonly to: number;
  readonly faulty: boolean;
}

/** Undefined where there is none, or where it does not close as one. */
const quotedCell = (text: string, from: number, separator: Separator): Cell | undefined => {
  if (text[from] !== '"') return undefined;
  let quote = text.indexOf('"', from + 1);
  while (text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  const to = quote + 1;
  if (quote < 0 || (to < text.length && text[to] !== separator && !isLineEnd(text[to]))) return undefined;
  return { value: text.slice(from + 1, quote).replaceAll('""', '"'), to, faulty: false };
};

const bareCell = (text: string, from: number, separator: Separator): Cell => {
  let to = from;
  while (to < text.length && text[to] !== separator && !isLineEnd(text[to])) to++;
  const value = text.slice(from, to);
  return { value, to, faulty: value.includes('"') };
};

const isLineEnd = (character: string | undefined): boolean => character === '\n' || character === '\r';

const afterLineEnd = (text: string, at: number): number =>
  text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1;

const lineEndsIn = (text: string, from: number, to: number): number =>
  text.slice(from, to).match(/\r\n|\r|\n/g)?.length ?? 0;

const separatorOf = (text: string): Separator => {
  const [header = ''] = text.split(/[\r\n]/, 1);
  return header.split(';').length >= header.split(',').length ? ';' : ',';
};
