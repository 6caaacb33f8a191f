import { folded } from './station-directory.ts';

export interface UnknownSender {
  readonly prefix: string;
  readonly folder: string | null;
  readonly account: string | null;
  readonly files: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The registered prefix that it resembles most, where one does. */
  readonly proposed: string | null;
}

const MOST_EDITS = 3;

/** The registered prefix with the fewest letters changed; null when none is near. */
export function proposedPrefix(prefix: string, registered: readonly string[]): string | null {
  const name = folded(prefix);
  let best: { prefix: string; edits: number } | undefined;
  for (const candidate of registered) {
    const edits = editDistance(name, folded(candidate));
    if (edits <= MOST_EDITS && edits < (best?.edits ?? Infinity)) best = { prefix: candidate, edits };
  }
  return best?.prefix ?? null;
}

/** Levenshtein. */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    before = row;
  }
  return before[b.length]!;
}
