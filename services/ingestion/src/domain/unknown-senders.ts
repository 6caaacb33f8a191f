import { comparedPrefix } from './station-directory.ts';

/** Who sends files that no station takes. */
export interface UnknownSender {
  readonly prefix: string;
  readonly folder: string | null;
  readonly account: string | null;
  readonly files: number;
  /** ms */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The registered prefix that it resembles most, where one does. */
  readonly proposed: string | null;
}

/** One file of an unknown sender. */
export interface UnknownFile {
  readonly prefix: string;
  readonly folder: string | null;
  readonly account: string | null;
  readonly at: number;
}

const MOST_EDITS = 3;

/** Senders, who sent most first; `registered` as prefixes are compared. */
export function unknownSenders(
  files: readonly UnknownFile[],
  registered: readonly string[],
  most: number,
): UnknownSender[] {
  const bySender = Map.groupBy(files, ({ prefix, folder, account }) => JSON.stringify([prefix, folder, account]));
  return [...bySender.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, most)
    .map((sent) => ({
      prefix: sent[0]!.prefix,
      folder: sent[0]!.folder,
      account: sent[0]!.account,
      files: sent.length,
      firstAt: sent.reduce((first, { at }) => Math.min(first, at), Infinity),
      lastAt: sent.reduce((last, { at }) => Math.max(last, at), 0),
      proposed: proposedPrefix(sent[0]!.prefix, registered),
    }));
}

/** The registered prefix with the fewest letters changed, at most three; null when none is near. */
export function proposedPrefix(prefix: string, registered: readonly string[]): string | null {
  const name = comparedPrefix(prefix);
  let best: string | null = null;
  let edits = MOST_EDITS + 1;
  for (const candidate of registered) {
    const distance = editsBetween(name, candidate, edits - 1);
    if (distance < edits) [best, edits] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance, looked for along the diagonal only: Infinity beyond `most`. */
function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(b.length + 1).fill(Infinity);
    row[0] = i;
    let least = i;
    for (let j = Math.max(1, i - most); j <= Math.min(b.length, i + most); j++) {
      const replaced = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, before[j]! + 1, row[j - 1]! + 1);
      least = Math.min(least, row[j]!);
    }
    if (least > most) return Infinity;
    before = row;
  }
  return before[b.length]! <= most ? before[b.length]! : Infinity;
}
