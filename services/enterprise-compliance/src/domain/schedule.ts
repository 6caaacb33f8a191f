import { dayEnd, dayNumber, hourMs, hourNumber, hoursOfDay } from './calendar.ts';

/** When a channel measures, from an instant on; the newest at or before a time holds, the first also before its own. */
export interface Schedule {
  /** ms; null: since ever. */
  readonly from: number | null;
  readonly intervalMs: number;
  readonly stamp: 'end' | 'start';
}

/** How many values an hour has by design; times lie on multiples of the interval from midnight on. `end`: ms. */
export const slotsOfHour = (schedules: readonly Schedule[], end: number): number => {
  const schedule = schedules.findLast(({ from }) => from === null || from <= end) ?? schedules[0];
  if (!schedule) return 0;
  const { intervalMs, stamp } = schedule;
  const midnight = dayEnd(dayNumber(hourNumber(end)) - 1);
  const round = stamp === 'end' ? Math.floor : Math.ceil;
  return round((end - midnight) / intervalMs) - round((end - hourMs - midnight) / intervalMs);
};

/** How many values those hours of a day have by design that are not among the known ones (a bit each). */
export const slotsOfOtherHours = (schedules: readonly Schedule[], day: number, known: number): number => {
  let slots = 0;
  for (let place = 0; place < hoursOfDay; place++)
    if ((known & (1 << place)) === 0) slots += slotsOfHour(schedules, dayEnd(day - 1) + (place + 1) * hourMs);
  return slots;
};
