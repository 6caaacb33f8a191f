import { type Identity, identityOf } from '@quantrac/contracts/identity';
import { isFault } from '@quantrac/event-sourcing';

/** Long records of which many come; of a short one the parsing costs less than the looking. */
const wanted: Readonly<Record<string, ReadonlySet<string>>> = { ObservationSetChecked: new Set(['time', 'version']) };
/** Bytes that are looked at before the whole is parsed instead. */
const MOST_BYTES = 2000;
const [QUOTE, BACKSLASH, COLON, COMMA, OPEN, CLOSE, BEGIN_LIST, END_LIST] = [
  0x22, 0x5c, 0x3a, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d,
];
const number = /-?(?:0|[1-9]\d{0,14})(?=[,}])/y;
const literal = /(?:true|false|null)(?=[,}])/y;

/**
 * The identity of a record without parsing all of it, where its text is as JSON.stringify writes it: plain members, behind them one
 * list of objects that hold no list. Undefined wherever anything looks otherwise: then it is parsed.
 */
export function quickIdentity(type: string, payload: Buffer): Identity | undefined {
  const names = wanted[type];
  const fields = names && membersOf(payload, names);
  if (!fields) return undefined;
  try {
    return identityOf(type, fields);
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}

function membersOf(payload: Buffer, names: ReadonlySet<string>): Record<string, unknown> | undefined {
  const text = payload.toString('latin1', 0, MOST_BYTES);
  const fields: Record<string, unknown> = {};
  let separator = OPEN;
  for (let at = 0; ; ) {
    if (text.charCodeAt(at) !== separator || text.charCodeAt(at + 1) !== QUOTE) return undefined;
    const nameEnd = stringEnd(text, at + 2);
    if (nameEnd < 0 || text.charCodeAt(nameEnd + 1) !== COLON) return undefined;
    const name = text.slice(at + 2, nameEnd);
    const begin = nameEnd + 2;
    if (text.charCodeAt(begin) === BEGIN_LIST) return !names.has(name) && isLast(payload, begin) ? fields : undefined;
    const end = valueEnd(text, begin);
    if (end < 0) return undefined;
    if (names.has(name)) fields[name] = valueIn(text, begin, end);
    [separator, at] = [COMMA, end];
  }
}

/** A list that no bracket closes before the last byte but one holds all that follows: no member can come behind it. */
const isLast = (payload: Buffer, begin: number): boolean =>
  payload.indexOf(END_LIST, begin) === payload.length - 2 && payload.at(-1) === CLOSE;

/** Where the quote is that ends a string; -1: not found, or the string is not plain ASCII without escapes. */
function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code < 0x20 || code > 0x7e || code === BACKSLASH) return -1;
  }
  return -1;
}

/** Behind a plain string, a whole number or a literal. */
function valueEnd(text: string, begin: number): number {
  if (text.charCodeAt(begin) === QUOTE) {
    const end = stringEnd(text, begin + 1) + 1;
    return end === 0 ? -1 : end;
  }
  for (const kind of [number, literal]) {
    kind.lastIndex = begin;
    if (kind.test(text)) return kind.lastIndex;
  }
  return -1;
}

const valueIn = (text: string, begin: number, end: number): unknown =>
  text.charCodeAt(begin) === QUOTE ? text.slice(begin + 1, end - 1) : JSON.parse(text.slice(begin, end));
