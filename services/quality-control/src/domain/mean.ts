/** What every mean says of itself. */
export interface Mean {
  /** null: see `reason`. */
  readonly value: string | null;
  /** Exact, of what counted; null when nothing did. */
  readonly sum: string | null;
  readonly reason?: 'data-capture' | 'no-data';
  readonly expected: number;
  readonly received: number;
  readonly valid: number;
  readonly members?: number;
  /** Three decimals, at most 1. */
  readonly dataCapture: string;
  /** What it takes for a value. */
  readonly capturePercent: number;
  /** Everything that it follows from, as text: equal where the result must be. */
  readonly basis: string;
}

export interface Capture {
  readonly expected: number;
  readonly received: number;
  readonly valid: number;
  readonly percent: number;
}

/** Why there is no mean; undefined: enough was captured. */
export function reasonFor({ expected, received, valid, percent }: Capture): Mean['reason'] {
  if (received === 0) return 'no-data';
  return valid === 0 || valid * 100 < expected * percent ? 'data-capture' : undefined;
}

/** Valid over expected; where nothing was expected, whatever counted is all. */
export const captureOf = ({ expected, valid }: Capture): string =>
  (expected === 0 ? Math.min(valid, 1) : Math.round((valid * 1000) / expected) / 1000).toFixed(3);
