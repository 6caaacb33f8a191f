import { dayNumber } from './calendar.ts';
import type { Progress } from './settling.ts';

/** Days by their numbers, both inclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How far a station's days are known and made. */
export interface KnownDays {
  readonly progress: Readonly<Record<string, Progress>>;
  /** The first day of which an hour is known; null: none is. */
  readonly oldest: number | null;
  /** From this day on every settled day has its row; null: the station is held to nothing, so no day is made. */
  readonly madeFrom: number | null;
}

/** So many days are judged in one decision, however many a station has. */
const daysAtOnce = 31;

export const newestDay = ({ progress }: Pick<KnownDays, 'progress'>): number =>
  dayNumber(Math.max(...Object.values(progress).map(({ newest }) => newest)));

/** The newest days that are to be judged; undefined: there are none. */
export const newestStretch = (state: KnownDays): Stretch | undefined =>
  state.oldest === null || state.madeFrom === null ? undefined : stretchUpTo(newestDay(state), state);

/** The last days up to and with one of which anything is known. */
export const stretchUpTo = (to: number, { oldest }: Pick<KnownDays, 'oldest'>): Stretch | undefined =>
  oldest === null || to < oldest ? undefined : { from: Math.max(oldest, to - daysAtOnce + 1), to };

/** Some of its days may still be to be made of their hours. */
export const lacksDays = ({ madeFrom }: Pick<KnownDays, 'madeFrom'>, { from }: Stretch): boolean =>
  madeFrom !== null && from < madeFrom;
