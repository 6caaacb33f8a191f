import { type ObservationSetChecked, type ObservationSetReceived, testFlag } from '@quantrac/contracts';
import type { HoursAsked } from '@quantrac/contracts/observations';
import { Fault } from '@quantrac/event-sourcing';
import { flags, fromInstant, toInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRow, OwnRows } from '@quantrac/stream-processing';
import { alteredAfter, alteredBefore } from '../domain/altered.ts';
import { checkSpike } from '../domain/check-reading.ts';
import { heardIn, isTold, toldHours } from '../domain/heard.ts';
import { receivedAtOf, receivedReadings, withEarlier } from '../domain/received.ts';
import { HOUR_MS, hourEnding } from '../domain/slots.ts';
import { type RuledChannel, rulesAt } from '../domain/station-rules.ts';
import { readingOf } from '../domain/timeline.ts';
import { type Cell, withMeans } from './cell.ts';
import { CHECKED, SET_SERIES } from './collections.ts';
import { type Arrived, checkAgain, checkArrived, type Editing, editedSets, editSets } from './edited-sets.ts';
import { sightAround } from './sight.ts';
import { hoursRow } from './take-hours.ts';
import { type HoursToTell, tellMeans } from './tell-means.ts';
import { openWork, type Work } from './work.ts';

/** Checks a set and what its readings alter around it, early or late as it comes. */
export function takeSet(
  cell: Cell,
  { data, knownAt }: Message<ObservationSetReceived>,
  rows: OwnRows,
  percent: number,
): Decision<Cell> {
  const { station, cause, root } = data;
  const time = fromInstant(data.time)!;
  const before = rows.at<ObservationSetChecked>(CHECKED, SET_SERIES, time);
  const arrived = arrivedOf(data, time, before);
  if (!arrived) return { state: cell, outputs: [] };
  const sight = sightAround(
    cell,
    data.readings.map(({ channel }) => channel),
    { from: time, to: time },
  );
  const work = openWork(station, cell, { knownAt, cause, root }, sight, rows);
  const channels = data.readings.map(({ channel }) => channelOf(work, channel));
  const editing = checkAround(work, arrived, channels);
  const { sets, outputs } = editedSets(editing);
  const { state, toTell, lastNew } = heardNow(cell, channels, time, editing.touched);
  const isLong = lastNew > sight.hours.to;
  const soon = isLong ? toTell.map((of) => ({ ...of, newlyTold: [] })) : toTell;
  const means = tellMeans(work, sets, soon, { closedUpTo: cell.closedHour * HOUR_MS, percent });
  const asked = isLong ? [hoursRow(emptyHours(data, toTell, lastNew))] : [];
  return {
    state: withMeans(isLong ? { ...state, telling: true } : state, means),
    outputs: [...outputs, ...means, ...asked],
  };
}

/** An earlier revision, which a bug kept away until now, fills in what is known of the newer one. Undefined: it tells nothing new. */
function arrivedOf(
  set: ObservationSetReceived,
  time: number,
  before: OwnRow<ObservationSetChecked> | undefined,
): Arrived | undefined {
  const { revision, knownAt } = set;
  if (!before || before.data.received < revision) {
    const readings = receivedReadings(set, before?.data);
    return { time, data: { time: set.time, receivedAt: knownAt, readings }, revision, before };
  }
  const readings = before.data.received > revision ? withEarlier(before.data, set) : undefined;
  if (!readings) return undefined;
  const receivedAt = receivedAtOf(before.data);
  return { time, data: { time: set.time, receivedAt, readings }, revision: before.data.received, before };
}

/** A set far from all others has the hours between told, which may be sixty days of them. */
function emptyHours(
  { station, time, knownAt, cause, root }: ObservationSetReceived,
  toTell: readonly HoursToTell[],
  lastNew: number,
): HoursAsked {
  const first = Math.min(...toTell.flatMap(({ newlyTold }) => newlyTold[0] ?? []));
  const hours = { from: toInstant(first), to: toInstant(lastNew) };
  return { hours: `${cause}/${time}`, station, ...hours, knownAt, cause, root };
}

/** Checks the set that came and all readings whose flags it can alter. */
function checkAround(work: Work, arrived: Arrived, channels: readonly RuledChannel[]): Editing {
  const editing = editSets(work, arrived);
  const { timeline, arrivedAt } = editing;
  checkArrived(editing, channels);
  const isNewest = !arrived.before && arrivedAt === timeline.length - 1;
  channels.forEach((channel, at) => {
    if (!isSentOtherwise(arrived, channel.channel, at)) return;
    const before = alteredBefore(timeline, arrivedAt, channel, at);
    if (before >= 0 && !(isNewest && isNoSpike(editing, before, channel, at)))
      checkAgain(editing, before, channel, at, checkSpike);
    for (const after of alteredAfter(timeline, arrivedAt, channel, at)) checkAgain(editing, after, channel, at);
  });
  return editing;
}

/** Near the one before it: whatever comes after the newest reading, it stands out from both no farther than that. */
function isNoSpike({ timeline }: Editing, index: number, { channel }: RuledChannel, at: number): boolean {
  const { readings } = timeline[index]!.data as ObservationSetChecked;
  const reading = readingOf(readings, channel, at);
  return reading !== undefined && testFlag(reading.flags, 'spike') === flags.pass;
}

/** Another number or status; since when it is known and how it was checked do not alter its neighbours. */
function isSentOtherwise({ data, before }: Arrived, channel: string, at: number): boolean {
  const is = readingOf(data.readings, channel, at);
  const was = before && readingOf(before.data.readings, channel, at);
  return was?.value !== is?.value || was?.status !== is?.status || was?.unit !== is?.unit;
}

function channelOf({ rules, station }: Work, channel: string): RuledChannel {
  const known = rules.channels.get(channel);
  if (!known)
    throw Fault.invalid('ChannelUnknown', `station ${station} has no channel ${channel}: add it, then replay`);
  return known;
}

interface Heard {
  readonly state: Cell;
  readonly toTell: readonly HoursToTell[];
  /** The last hour that is told for the first time now. */
  readonly lastNew: number;
}

/** The hours in which the channels sent something, and which hours' means follow: those touched, and empty ones told for the first time. */
function heardNow(cell: Cell, channels: readonly RuledChannel[], time: number, touched: Editing['touched']): Heard {
  const changed: Record<string, Cell['heard'][string]> = {};
  let lastNew = 0;
  const toTell = channels.map((channel): HoursToTell => {
    const spans = cell.heard[channel.channel] ?? [];
    const hour = hourEnding(time + rulesAt(channel, time).endsAfterMs) / HOUR_MS;
    const heard = heardIn(spans, hour);
    const altered = touched.get(channel.channel) ?? [];
    if (heard === spans) return { channel, heard, altered, newlyTold: [] };
    changed[channel.channel] = heard;
    const newlyTold = toldHours(heard, hour, cell.closedHour)
      .filter((told) => !isTold(spans, told))
      .map((told) => told * HOUR_MS)
      .filter((told) => !altered.includes(told));
    lastNew = Math.max(lastNew, newlyTold.at(-1) ?? 0);
    return { channel, heard, altered, newlyTold };
  });
  const isNews = Object.keys(changed).length > 0;
  const state = isNews ? { ...cell, heard: { ...cell.heard, ...changed } } : cell;
  return { state, toTell, lastNew };
}
