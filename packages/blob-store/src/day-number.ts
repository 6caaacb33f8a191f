const DAY_MS = 86_400_000;
const ERA_YEARS = 400;
const ERA_DAYS = 146_097;
/** From 1 March of year 0, so that a leap day closes its year, to 1 January 1970. */
const EPOCH_DAY = 719_468;

/** The UTC day of an instant (ms) as yyyymmdd, by arithmetic alone: it is asked for with every blob. */
export function dayNumber(ms: number): number {
  const day = Math.floor(ms / DAY_MS) + EPOCH_DAY;
  const era = Math.floor(day / ERA_DAYS);
  const dayOfEra = day - era * ERA_DAYS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / (ERA_DAYS - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * ERA_YEARS + yearOfEra + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + dayOfMonth;
}

/** The day before one that is numbered. */
export const dayBefore = (day: number): number =>
  dayNumber(Date.UTC(Math.floor(day / 10_000), Math.floor((day % 10_000) / 100) - 1, (day % 100) - 1));
