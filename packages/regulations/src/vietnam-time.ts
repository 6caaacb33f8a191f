/** A Vietnamese calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** Whether a stamp closes its interval, as most loggers write, or opens it. */
export interface StampMeaning {
  readonly stamp: 'end' | 'start';
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Việt Nam keeps UTC+7 all year. */
const offsetMs = 7 * hourMs;
/** `Date.UTC` reads years below 100 as 19xx, and no station measured earlier. */
const firstYear = 1900;
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The instant, in ms, of local `yyyyMMddHHmmss`; `undefined` where no such local time exists (24:00, 30 February). */
export const parseLocalStamp = (text: string): number | undefined => {
  if (text.length !== 14) return undefined;
  const date = utcDate(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2));
  const time = timeOfDay(digits(text, 8, 2), digits(text, 10, 2), digits(text, 12, 2));
  return date === undefined || time === undefined ? undefined : date + time - offsetMs;
};

/** `yyyyMMddHHmmss` as a logger writes it, without the milliseconds. */
export const formatLocalStamp = (ms: number): string => {
  const local = toInstant(ms + offsetMs);
  return (
    local.slice(0, 4) +
    local.slice(5, 7) +
    local.slice(8, 10) +
    local.slice(11, 13) +
    local.slice(14, 16) +
    local.slice(17, 19)
  );
};

/** ms of `2026-01-15T01:30:00.000Z`, exactly that form; `undefined` otherwise. */
export const fromInstant = (text: string): number | undefined => {
  if (text.length !== 24 || !hasMarks(text, instantMarks)) return undefined;
  const date = utcDate(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  const time = timeOfDay(digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2));
  const fraction = digits(text, 20, 3);
  return date === undefined || time === undefined || fraction < 0 ? undefined : date + time + fraction;
};

/** `2026-01-15T01:30:00.000Z`. */
export const toInstant = (ms: number): string => {
  const date = Math.floor(ms / dayMs);
  const time = ms - date * dayMs;
  const clock = `${two(time / hourMs)}:${two((time % hourMs) / minuteMs)}:${two((time % minuteMs) / secondMs)}`;
  return `${isoDate(date)}T${clock}.${String(time % secondMs).padStart(3, '0')}Z`;
};

/** The END, in ms, of the hour that a reading belongs to: hour H takes ends in (H-1h, H] (DESIGN 7.3). */
export const hourOf = (ms: number, { stamp }: StampMeaning): number =>
  (stamp === 'end' ? Math.ceil(ms / hourMs) : Math.floor(ms / hourMs) + 1) * hourMs;

/** The Vietnamese day that a reading belongs to: day D takes ends in (D 00:00, D+1 00:00] (DESIGN 7.3). */
export const dayOf = (ms: number, { stamp }: StampMeaning = { stamp: 'end' }): Day => {
  const local = (ms + offsetMs) / dayMs;
  return isoDate(stamp === 'end' ? Math.ceil(local) - 1 : Math.floor(local));
};

/** The bounds of a day in ms: it takes ends after `after`, up to and including `upTo`. A text that is no day is a bug. */
export const dayBounds = (day: Day): { readonly after: number; readonly upTo: number } => {
  const date = parseDay(day);
  if (date === undefined) throw new RangeError(`"${day}" is no day: write YYYY-MM-DD`);
  return { after: date - offsetMs, upTo: date - offsetMs + dayMs };
};

export const isDay = (text: string): boolean => parseDay(text) !== undefined;

const parseDay = (text: string): number | undefined =>
  text.length === 10 && hasMarks(text, dayMarks)
    ? utcDate(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2))
    : undefined;

const dayMarks: readonly [number, string][] = [
  [4, '-'],
  [7, '-'],
];
const instantMarks: readonly [number, string][] = [...dayMarks, [10, 'T'], [13, ':'], [16, ':'], [19, '.'], [23, 'Z']];

const hasMarks = (text: string, marks: readonly [number, string][]): boolean =>
  marks.every(([at, mark]) => text[at] === mark);

/** The number that `length` digits from `at` write; -1 where one of them is no digit. */
const digits = (text: string, at: number, length: number): number => {
  let value = 0;
  for (let index = at; index < at + length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
};

const utcDate = (year: number, month: number, day: number): number | undefined => {
  if (year < firstYear || month < 1 || month > 12 || day < 1) return undefined;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = (daysInMonth[month - 1] ?? 0) + (leap ? 1 : 0);
  return day > last ? undefined : Date.UTC(year, month - 1, day);
};

const timeOfDay = (hour: number, minute: number, second: number): number | undefined =>
  hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59
    ? undefined
    : hour * hourMs + minute * minuteMs + second * secondMs;

const twoDigits: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const two = (number: number): string | undefined => twoDigits[Math.floor(number)];

// Readings come in runs of one day, so the last date is nearly always the next one: no Date per reading.
let lastDate = 0;
let lastText = '1970-01-01';

const isoDate = (date: number): Day => {
  if (date !== lastDate) {
    lastText = new Date(date * dayMs).toISOString().slice(0, 10);
    lastDate = date;
  }
  return lastText;
};
