const MOST_KEPT_BYTES = 48;
const SLOTS = 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Kept {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** A station sends the same few symbols and units for ever: the newest of each slot is kept, at most about 200 kB. */
const kept: (Kept | undefined)[] = new Array(SLOTS).fill(undefined);

/** The text of a symbol or a unit in NFC; undefined where its bytes are not UTF-8. */
export function fieldText(bytes: Uint8Array, from: number, to: number): string | undefined {
  const slot = slotOf(bytes, from, to);
  const candidate = kept[slot];
  if (candidate !== undefined && holds(candidate.bytes, bytes, from, to)) return candidate.text;
  const text = decoded(bytes.subarray(from, to));
  if (text !== undefined && to - from <= MOST_KEPT_BYTES) kept[slot] = { bytes: bytes.slice(from, to), text };
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes).normalize('NFC');
  } catch {
    return undefined;
  }
}

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return (hash ^ (hash >>> 10)) & (SLOTS - 1);
}

function holds(whole: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (whole.length !== to - from) return false;
  for (let at = 0; at < whole.length; at++) if (whole[at] !== bytes[from + at]) return false;
  return true;
}
