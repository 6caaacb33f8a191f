import { Fault } from '@quantrac/event-sourcing';
import { dayBounds, fromInstant, isDay, isDecimal, toInstant } from '@quantrac/regulations';

/** How one kind of value stands in a cell that is not empty. Reading throws a Fault that says what to write. */
export interface CellOf<Value> {
  readonly read: (text: string) => Value;
  readonly write: (value: Value) => string;
}

const refuse = (message: string): never => {
  throw Fault.invalid('CellUnreadable', message);
};

const asIs = (value: string): string => value;

/** One line of text. Whoever gives a `pattern` says what it asks for. */
export const text = (most: number, pattern?: RegExp, asked?: string): CellOf<string> => ({
  read: (cell) => {
    if (cell.length > most) refuse(`${cell.length} characters are too many: use at most ${most}`);
    if (/\p{Cc}/u.test(cell)) refuse('remove the line breaks and control characters');
    if (pattern && !pattern.test(cell)) refuse(`"${cell}" does not fit: ${asked}`);
    return cell;
  },
  write: asIs,
});

export const chosenId: CellOf<string> = text(64, /^[\p{L}\p{N}._-]+$/u, 'use letters, digits, dot, underscore, hyphen');

/** The name that an upload account logs in with. */
export const accountName: CellOf<string> = { ...text(64), read: (cell) => text(64).read(cell.toLowerCase()) };

export const oneOf = <Value extends string>(values: readonly Value[]): CellOf<Value> => ({
  read: (cell) =>
    values.find((value) => value === cell.toLowerCase()) ?? refuse(`"${cell}": write ${values.join(', ')}`),
  write: asIs,
});

/** A comma is a decimal mark. */
export const decimal: CellOf<string> = {
  read: (cell) => {
    const dotted = cell.replace(',', '.');
    return isDecimal(dotted) ? dotted : refuse(`"${cell}" is not a number: write one like 12.5`);
  },
  write: asIs,
};

export const whole = (least: number, most: number): CellOf<number> => ({
  read: (cell) => {
    const number = /^\d{1,15}$/.test(cell) ? Number(cell) : Number.NaN;
    return number >= least && number <= most ? number : refuse(`"${cell}": write a number from ${least} to ${most}`);
  },
  write: String,
});

/** Kept in milliseconds, written in seconds. */
export const seconds: CellOf<number> = {
  read: (cell) => {
    const ms = Math.round(Number(decimal.read(cell)) * 1000);
    return ms >= 1000 && Number.isSafeInteger(ms) ? ms : refuse(`"${cell}": write seconds, at least 1`);
  },
  write: (ms) => String(ms / 1000),
};

/** `2026-01-15`; Excel may have made `15/01/2026` of it. */
export const day: CellOf<string> = {
  read: (cell) => {
    const [, date, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(cell) ?? [];
    const read = year === undefined ? cell : `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
    return isDay(read) ? read : refuse(`"${cell}" is not a day: write one like 2026-01-15`);
  },
  write: asIs,
};

/** `2026-01-15T01:30:00.000Z`, or local time: `2026-01-15 08:30`, `15/01/2026 08:30:00`, or a day alone for its 00:00. */
export const instant: CellOf<string> = {
  read: (cell) => {
    if (fromInstant(cell) !== undefined) return cell;
    const [, date = '', hour = '0', minute = '0', second = '0'] =
      /^(\S+?)(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(cell) ?? [];
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || date === '')
      refuse(`"${cell}" is not a time: write one like 2026-01-15 08:30`);
    const { after: midnight } = dayBounds(day.read(date));
    return toInstant(midnight + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000);
  },
  write: asIs,
};

/** Items apart by `|`; one inside an item is written `\|`. */
export const list = <Item>(item: CellOf<Item>): CellOf<readonly Item[]> => ({
  read: (cell) =>
    (cell.match(/(?:\\.|[^|\\]|\\$)+/gsu) ?? [])
      .map((part) => part.replace(/\\([|\\])/g, '$1').trim())
      .filter((part) => part !== '')
      .map(item.read),
  write: (items) => items.map((each) => item.write(each).replace(/[|\\]/g, '\\$&')).join('|'),
});

/** `79`, or `79@2025-07-01`: from a day on. */
export const provinceFrom: CellOf<{ province: string; from: string | null }> = {
  read: (cell) => {
    const [code = '', from] = cell.split('@', 2);
    // Excel drops the zero in front
    if (!/^\d{1,2}$/.test(code)) refuse(`"${cell}": write the code of a province, or 79@2025-07-01`);
    return { province: code.padStart(2, '0'), from: from === undefined ? null : day.read(from) };
  },
  write: ({ province, from }) => (from === null ? province : `${province}@${from}`),
};

/** `25200`, or `25200@2026-01-15 08:30`: seconds added to the stamps of files that arrive from then on. */
export const clockOffset: CellOf<{ offsetMs: number; from: string | null }> = {
  read: (cell) => {
    const [, seconds = '', from] = /^(.*?)(?:@(.*))?$/s.exec(cell) ?? [];
    const offsetMs = Math.round(Number(decimal.read(seconds)) * 1000);
    if (!Number.isSafeInteger(offsetMs)) refuse(`"${cell}": write seconds, or 25200@2026-01-15`);
    return { offsetMs, from: from === undefined ? null : instant.read(from) };
  },
  write: ({ offsetMs, from }) => `${offsetMs / 1000}${from === null ? '' : `@${from}`}`,
};

/** `mgl=mg/L`: what a logger writes and the unit that it means. */
export const unitSpelling: CellOf<{ spelling: string; unit: string }> = {
  read: (cell) => {
    const at = cell.lastIndexOf('=');
    const [spelling, unit] = [cell.slice(0, Math.max(at, 0)).trim(), cell.slice(at + 1).trim()];
    if (spelling === '' || unit === '') refuse(`"${cell}": write what the logger writes and the unit, like mgl=mg/L`);
    return { spelling: text(32).read(spelling), unit: text(32).read(unit) };
  },
  write: ({ spelling, unit }) => `${spelling}=${unit}`,
};

/** `system=code`, or `system=code@from..to`, each end may be left out. */
export const alias: CellOf<{ system: string; code: string; from: string | null; to: string | null }> = {
  read: (cell) => {
    const [, system, named = ''] = /^([a-z0-9][a-z0-9-]{0,31})=(.+)$/.exec(cell) ?? [];
    if (system === undefined) return refuse(`"${cell}": write system=code, or system=code@2025-01-01..2026-01-01`);
    const [, dated, from = '', to = ''] = /^(.+)@([^@]*)\.\.([^@]*)$/.exec(named) ?? [];
    const end = (text: string) => (text === '' ? null : instant.read(text));
    return { system, code: text(100).read(dated ?? named), from: end(from), to: end(to) };
  },
  write: ({ system, code, from, to }) =>
    `${system}=${code}${from !== null || to !== null || code.includes('@') ? `@${from ?? ''}..${to ?? ''}` : ''}`,
};
