import type { Progress } from './advance.ts';
import type { ReceiptOutcome } from './receipt.ts';

/** What a cell knows of its station's intake. */
export interface IntakeState extends Progress {
  /** Rises per station. */
  readonly knownAt: number;
  /** Arrivals by what became of them. */
  readonly counts: Readonly<Record<ReceiptOutcome, number>>;
  /** The newest files held without a station, so that of two that arrive at once the second is a repeat; in a node's cell. */
  readonly unplaced?: readonly string[];
}

/** What the sender is told, and what the station's progress is now. */
export interface FileAnswer {
  readonly outcome: ReceiptOutcome;
  readonly receipt: string;
  readonly reason?: string;
  readonly advice?: string;
  readonly state: IntakeState;
}

/** The next time at which something becomes known to a cell: never before the last, though the clock was set back. */
export const nextKnownAt = (at: number, before: IntakeState): number => Math.max(at, before.knownAt + 1);

export const counted = ({ counts }: IntakeState, outcome: ReceiptOutcome): IntakeState['counts'] => ({
  ...counts,
  [outcome]: counts[outcome] + 1,
});
