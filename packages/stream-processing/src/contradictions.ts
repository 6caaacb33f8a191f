import type { Row, TimeSeries } from '@quantrac/time-series';

/** Told of rows that were not written, since their identity and version stand with other bytes. */
export type OnContradicted = (rows: readonly Row[]) => void;

/** After an insert of which not all was new: a repeat is told to nobody. */
export async function tellContradicted(
  rows: readonly Row[],
  series: TimeSeries,
  onContradicted: OnContradicted | undefined,
): Promise<void> {
  if (!onContradicted) return;
  const contradicted = await series.contradicted(rows);
  if (contradicted.length > 0) onContradicted(contradicted);
}
