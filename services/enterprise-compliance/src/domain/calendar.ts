import { type Day, dayBounds, dayOf } from '@quantrac/regulations';

export const hourMs = 3_600_000;
export const hoursOfDay = 24;

/** Local midnight of the first day, in hours before 1970 in UTC: Việt Nam keeps UTC+7. */
const offset = -dayBounds('1970-01-01').after / hourMs;

/** Hours are numbered by their end, from local midnight of 1970-01-01 on: 24 is the hour that ends that day. */
export const hourNumber = (end: number): number => end / hourMs + offset;

/** Days are numbered from 1970-01-01 on; day D takes the hours that end in (D 00:00, D+1 00:00]. */
export const dayNumber = (hour: number): number => Math.ceil(hour / hoursOfDay) - 1;

/** 0 for the hour that ends at 01:00, 23 for the one that ends the day. */
export const placeInDay = (hour: number): number => hour - dayNumber(hour) * hoursOfDay - 1;

/** The instant that ends a day, ms. */
export const dayEnd = (day: number): number => ((day + 1) * hoursOfDay - offset) * hourMs;

export const dayText = (day: number): Day => dayOf(dayEnd(day));

export const numberOfDay = (day: Day): number => dayNumber(hourNumber(dayBounds(day).upTo));

/** Where the row of an hour lies, ms: the hours of a day side by side at its end, since they are looked at together. */
export const placeOfHour = (hour: number): number => dayEnd(dayNumber(hour)) + placeInDay(hour);

export const hourAtPlace = (place: number): number => {
  const end = Math.floor(place / hourMs) + offset;
  return end - hoursOfDay + (place % hourMs) + 1;
};

/** The instant that ends an hour, ms. */
export const hourEnd = (hour: number): number => (hour - offset) * hourMs;
