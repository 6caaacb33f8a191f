import { dayNumber, hoursOfDay, placeInDay } from './calendar.ts';

/** How far one channel is known. Hours and days by their numbers. */
export interface Progress {
  readonly newest: number;
  /** The days that are not overdue: a bit for each hour that is closed. */
  readonly days: Readonly<Record<string, number>>;
}

const allHours = 2 ** hoursOfDay - 1;

/** A day that lacks hours is judged as it is once an hour a whole day after it is closed. */
export const isOverdue = (day: number, newest: number): boolean => newest >= (day + 2) * hoursOfDay;

/** Its hours are all closed, or those that are not were waited for long enough. Once settled it stays so. */
export const isSettled = (progress: Progress | undefined, day: number): boolean =>
  progress !== undefined && (isOverdue(day, progress.newest) || progress.days[day] === allHours);

/** A closed hour became known; in whatever order. */
export const withHour = (progress: Progress | undefined, hour: number): Progress => {
  const newest = Math.max(hour, progress?.newest ?? hour);
  const day = dayNumber(hour);
  const days: Record<string, number> = {};
  for (const [known, hours] of Object.entries(progress?.days ?? {}))
    if (!isOverdue(Number(known), newest)) days[known] = hours;
  if (!isOverdue(day, newest)) days[day] = (days[day] ?? 0) | (1 << placeInDay(hour));
  return { newest, days };
};

/** Days that were waited for until now, ascending. */
export const fallenDue = (before: Progress | undefined, { newest }: Progress): readonly number[] =>
  Object.keys(before?.days ?? {})
    .map(Number)
    .filter((day) => isOverdue(day, newest));

/** Whether all hours of a day came before it was overdue. */
export const wasComplete = (before: Progress | undefined, day: number): boolean => before?.days[day] === allHours;
