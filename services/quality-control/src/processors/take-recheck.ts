import { topics } from '@quantrac/contracts';
import type { RecheckAsked } from '@quantrac/contracts/observations';
import { fromInstant, toInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRows, RowOutput } from '@quantrac/stream-processing';
import type { Stretch as Changed } from '../domain/changed-rules.ts';
import { nextTold, SILENCE_HOURS, toldHours } from '../domain/heard.ts';
import { HOUR_MS, hourEnding } from '../domain/slots.ts';
import { type Cell, reachOf, withMeans } from './cell.ts';
import { checkAgain, editedSets, editSets } from './edited-sets.ts';
import { dayOfRecheck, sightAround } from './sight.ts';
import { tellMeans } from './tell-means.ts';
import { type Origin, openWork } from './work.ts';

/**
 * Checks a day of readings again after rules or reviews changed, and asks for the next: however long the stretch is, a decision stays
 * small and what arrives meanwhile is not held up.
 */
export function takeRecheck(
  cell: Cell,
  { data, knownAt }: Message<RecheckAsked>,
  rows: OwnRows,
  percent: number,
): Decision<Cell> {
  const day = dayOfRecheck(data);
  const sight = sightAround(cell, data.channels, day);
  const { cause, root, station } = data;
  const work = openWork(station, cell, { knownAt, cause, root }, sight, rows);
  const channels = data.channels.flatMap((channel) => work.rules.channels.get(channel) ?? []);
  const { neighbourMs, reachMs } = reachOf(cell, data.channels);
  const editing = editSets(work);
  for (const [index, { time }] of editing.timeline.entries())
    if (time >= day.from - neighbourMs && time <= day.to + reachMs)
      for (const [at, channel] of channels.entries()) checkAgain(editing, index, channel, at);
  const edited = editedSets(editing);
  const toTell = channels.map((channel) => {
    const heard = cell.heard[channel.channel] ?? [];
    const altered = toldHours(heard, sight.hours.from / HOUR_MS, sight.hours.to / HOUR_MS).map(
      (hour) => hour * HOUR_MS,
    );
    return { channel, heard, altered, newlyTold: [] };
  });
  const means = tellMeans(work, edited.sets, toTell, { closedUpTo: cell.closedHour * HOUR_MS, percent });
  return {
    state: withMeans(cell, means),
    outputs: [...edited.outputs, ...means, ...theRest(cell, data, day.to, knownAt)],
  };
}

/** Asks for every stretch to be checked again, as far as something is in the store. `name`: given once for a station. */
export function rechecks(
  name: string,
  station: string,
  cell: Cell,
  origin: Origin,
  stretches: readonly Changed[],
): RowOutput[] {
  return stretches.flatMap(({ channels, from, to }, number) => {
    const told = toldStretch(cell, channels);
    if (!told || from > told.to || to < told.from) return [];
    const { knownAt, cause, root } = origin;
    const data: RecheckAsked = {
      recheck: `${name}/${number}`,
      station,
      channels: [...channels],
      from: toInstant(Math.max(from, told.from)),
      to: toInstant(Math.min(to, told.to)),
      knownAt: toInstant(knownAt),
      cause,
      root,
    };
    return recheckRow(data, knownAt);
  });
}

/** The next day that holds anything. */
function theRest(cell: Cell, data: RecheckAsked, done: number, knownAt: number): RowOutput[] {
  const to = fromInstant(data.to)!;
  if (done >= to) return [];
  const { intervalMs } = reachOf(cell, data.channels);
  const spans = data.channels.flatMap((channel) => cell.heard[channel] ?? []);
  const next = nextTold(spans, hourEnding(done + 1) / HOUR_MS);
  const from = Math.max(done + 1, (next - 1) * HOUR_MS - intervalMs);
  return from > to ? [] : [recheckRow({ ...data, from: toInstant(from) }, knownAt)];
}

function toldStretch(cell: Cell, channels: readonly string[]) {
  const spans = channels.flatMap((channel) => cell.heard[channel] ?? []);
  if (spans.length === 0) return undefined;
  const { intervalMs } = reachOf(cell, channels);
  const last = spans.map(([, newest]) => Math.max(newest, Math.min(newest + SILENCE_HOURS, cell.closedHour)));
  return {
    from: (Math.min(...spans.map(([first]) => first)) - 1) * HOUR_MS - intervalMs,
    to: Math.max(...last) * HOUR_MS,
  };
}

const recheckRow = (data: RecheckAsked, knownAt: number): RowOutput => ({
  kind: 'row',
  topic: topics.rechecks,
  type: 'RecheckAsked',
  series: data.recheck,
  time: fromInstant(data.from)!,
  version: 1,
  knownAt,
  data,
});
