import { dayNumber, hoursOfDay, placeInDay } from './calendar.ts';

/** A day that is not overdue, and a bit for each hour of it that is closed. */
export type OpenDay = readonly [day: number, hours: number];

/** How far one channel is known. Hours and days by their numbers. */
export interface Progress {
  readonly newest: number;
  /** Never more than two. */
  readonly days: readonly OpenDay[];
}

const allHours = 2 ** hoursOfDay - 1;

/** A day that lacks hours is judged as it is once an hour a whole day after it is closed. */
export const isOverdue = (day: number, newest: number): boolean => newest >= (day + 2) * hoursOfDay;

export const isComplete = ([, hours]: OpenDay): boolean => hours === allHours;

/** Its hours are all closed, or those that are not were waited for long enough. Once settled it stays so. */
export const isSettled = (progress: Progress | undefined, day: number): boolean =>
  progress !== undefined &&
  (isOverdue(day, progress.newest) || progress.days.some((open) => open[0] === day && isComplete(open)));

/** A closed hour became known; in whatever order. */
export const withHour = (before: Progress | undefined, hour: number): Progress => {
  const day = dayNumber(hour);
  const newest = Math.max(hour, before?.newest ?? hour);
  const days: OpenDay[] = [];
  let hours = 1 << placeInDay(hour);
  for (const open of before?.days ?? [])
    if (open[0] === day) hours |= open[1];
    else if (!isOverdue(open[0], newest)) days.push(open);
  if (!isOverdue(day, newest)) days.push([day, hours]);
  return { newest, days };
};

/** Days that were waited for until now. */
export const fallenDue = (before: Progress | undefined, { newest }: Progress): readonly OpenDay[] =>
  before?.days.filter(([day]) => isOverdue(day, newest)) ?? [];
