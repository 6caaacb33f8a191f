import { hash } from 'node:crypto';

/** What holds from an instant to another, and what it is. */
export interface Dated {
  /** ms; 0: since ever. */
  readonly from: number;
  /** ms; undefined: for ever. */
  readonly to?: number | undefined;
  readonly content: unknown;
}

/** What begins or ends in each stretch of thirty days, as a digest: small, and enough to tell since when two records differ. */
export type ChangePoints = Readonly<Record<string, string>>;

const STRETCH_MS = 30 * 86_400_000;

export function changePoints(dated: readonly Dated[]): ChangePoints {
  const texts: Record<string, string[]> = {};
  const add = (at: number, text: string) => {
    const stretch = String(Math.floor(at / STRETCH_MS));
    texts[stretch] = [...(texts[stretch] ?? []), text];
  };
  for (const { from, to, content } of dated) {
    const text = JSON.stringify(content);
    add(from, `from ${from} ${text}`);
    if (to !== undefined) add(to, `to ${to} ${text}`);
  }
  return Object.fromEntries(
    Object.entries(texts).map(([stretch, all]) => [stretch, hash('sha256', all.sort().join('\n')).slice(0, 8)]),
  );
}

/** The start of the first stretch in which they differ, ms; undefined: they are the same. */
export function firstDifference(before: ChangePoints, after: ChangePoints): number | undefined {
  const stretches = [...Object.keys(before), ...Object.keys(after)].filter((one) => before[one] !== after[one]);
  return stretches.length === 0 ? undefined : Math.min(...stretches.map(Number)) * STRETCH_MS;
}
