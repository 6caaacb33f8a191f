import { type IntakeAdvanced, topics } from '@quantrac/contracts';
import type { HoursAsked } from '@quantrac/contracts/observations';
import { fromInstant, toInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRows, RowOutput } from '@quantrac/stream-processing';
import { nextTold, toldHours } from '../domain/heard.ts';
import { HOUR_MS } from '../domain/slots.ts';
import { type Cell, withMeans } from './cell.ts';
import { ADVANCE_SERIES, advanceRow, CHECKED } from './collections.ts';
import { sightOfHours } from './sight.ts';
import { tellMeans } from './tell-means.ts';
import { openWork, type Work } from './work.ts';

/**
 * Tells a day of hours and asks for the next: after a week without power a station has thousands of means to tell, and a decision
 * stays small. The advance that closes them is passed on behind the last.
 */
export function takeHours(
  cell: Cell,
  { data, knownAt }: Pick<Message<HoursAsked>, 'data' | 'knownAt'>,
  rows: OwnRows,
  percent: number,
): Decision<Cell> {
  const { station, cause, root, advance } = data;
  const sight = sightOfHours(cell, data);
  const work = openWork(station, cell, { knownAt, cause, root }, sight, rows);
  const rest = theRest(cell, data, sight.hours.to);
  const passed = (rest ? fromInstant(rest.from)! - HOUR_MS : fromInstant(data.to)!) / HOUR_MS;
  const closedHour = advance ? passed : cell.closedHour;
  const means = tellMeans(work, work.sets, hoursToTell(work), { closedUpTo: closedHour * HOUR_MS, percent });
  return {
    state: withMeans({ ...cell, closedHour, telling: rest !== undefined }, means),
    outputs: [...means, ...(rest ? [hoursRow(rest)] : advance ? [passedOn(advance, rows)] : [])],
  };
}

export function passedOn(advance: IntakeAdvanced, rows: OwnRows): RowOutput {
  const told = rows.at<IntakeAdvanced>(CHECKED, ADVANCE_SERIES, fromInstant(advance.upTo)!);
  return advanceRow(advance, (told?.version ?? 0) + 1);
}

/** Taken again from quality control's own topic; `hours` is given once for a station. */
export const hoursRow = (data: HoursAsked): RowOutput => ({
  kind: 'row',
  topic: topics.rechecks,
  type: 'HoursAsked',
  series: data.hours,
  time: fromInstant(data.from)!,
  version: 1,
  knownAt: fromInstant(data.knownAt)!,
  data,
});

const hoursToTell = ({ rules, cell, sight: { hours } }: Work) =>
  [...rules.channels.values()].map((channel) => {
    const heard = cell.heard[channel.channel] ?? [];
    const told = toldHours(heard, hours.from / HOUR_MS, hours.to / HOUR_MS);
    return { channel, heard, altered: [], newlyTold: told.map((hour) => hour * HOUR_MS) };
  });

/** From the next hour on that is told. */
function theRest({ heard }: Cell, data: HoursAsked, done: number): HoursAsked | undefined {
  const next = nextTold(Object.values(heard).flat(), done / HOUR_MS + 1);
  return next * HOUR_MS > fromInstant(data.to)! ? undefined : { ...data, from: toInstant(next * HOUR_MS) };
}
