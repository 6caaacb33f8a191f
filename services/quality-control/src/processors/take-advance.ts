import type { IntakeAdvanced } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRows, RowOutput } from '@quantrac/stream-processing';
import { toldHours } from '../domain/heard.ts';
import { HOUR_MS } from '../domain/slots.ts';
import type { Cell } from './cell.ts';
import { ADVANCE_SERIES, advanceRow, CHECKED } from './collections.ts';
import { sightOfAdvance } from './sight.ts';
import { withMeans } from './take-set.ts';
import { tellMeans } from './tell-means.ts';
import { openWork } from './work.ts';

/** Closes the hours that intake has passed, then passes it on: who reads it finds everything before it checked. */
export function takeAdvance(
  cell: Cell,
  { data, knownAt }: Message<IntakeAdvanced>,
  rows: OwnRows,
  percent: number,
): Decision<Cell> {
  const upTo = fromInstant(data.upTo)!;
  const closedHour = Math.max(cell.closedHour, Math.floor(upTo / HOUR_MS));
  const means = closedMeans({ ...cell, closedHour }, cell, { data, knownAt }, rows, percent);
  const told = rows.at<IntakeAdvanced>(CHECKED, ADVANCE_SERIES, upTo);
  const state = closedHour === cell.closedHour ? cell : withMeans({ ...cell, closedHour }, means);
  return { state, outputs: [...means, advanceRow(data, (told?.version ?? 0) + 1)] };
}

function closedMeans(
  { closedHour, heard }: Cell,
  before: Cell,
  { data, knownAt }: Pick<Message<IntakeAdvanced>, 'data' | 'knownAt'>,
  rows: OwnRows,
  percent: number,
): readonly RowOutput[] {
  const sight = sightOfAdvance(before, fromInstant(data.upTo)!);
  if (!sight) return [];
  const cause = `advance:${data.upTo}`;
  const work = openWork(data.station, before, { knownAt, cause, root: cause }, sight, rows);
  const toTell = [...work.rules.channels.values()].map((channel) => {
    const spans = heard[channel.channel] ?? [];
    const newlyTold = toldHours(spans, before.closedHour + 1, closedHour).map((hour) => hour * HOUR_MS);
    return { channel, heard: spans, altered: [], newlyTold };
  });
  return tellMeans(work, work.sets, toTell, { closedUpTo: closedHour * HOUR_MS, percent });
}
