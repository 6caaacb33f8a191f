import { type Day, dayBounds } from '@quantrac/regulations';
import { type DaySpan, within } from '../domain/day-span.ts';
import type { Members } from './register-view.ts';

/** A station in days that are asked for. */
export interface StationDays extends DaySpan {
  readonly station: string;
  readonly to: Day;
}

/** A facility's stations while they were its own, within the days asked for. */
export const stationDaysOf = (
  { stations }: Pick<Members, 'stations'>,
  asked: { from: Day; to: Day },
): readonly StationDays[] =>
  stations.flatMap(({ station, ...membership }) => {
    const days = within(membership, asked);
    return days ? [{ station, from: days.from, to: days.to ?? asked.to }] : [];
  });

/** Rows of days are kept at the instants that end them: the bounds of a range over them, ms, the second exclusive. */
export const endsOf = ({ from, to }: { from: Day; to: Day }): { from: number; to: number } => ({
  from: dayBounds(from).upTo,
  to: dayBounds(to).upTo + 1,
});
