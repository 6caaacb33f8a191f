import type { ReviewRecorded } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { Decision, Message, OwnRows, RowOutput } from '@quantrac/stream-processing';
import type { Judgement } from '../domain/judgement.ts';
import type { Cell } from './cell.ts';
import { JUDGEMENTS, JUDGEMENTS_SERIES, type JudgementStretch, stretchRow, stretchStarts } from './collections.ts';
import { rangeOfReview } from './sight.ts';
import { rechecks } from './take-recheck.ts';

/** Keeps a person's judgement where its readings lie and has them checked again. */
export function takeReview(cell: Cell, { data, knownAt }: Message<ReviewRecorded>, rows: OwnRows): Decision<Cell> {
  const { station, cause: _, ...judgement } = data;
  const { from, to } = rangeOfReview(data) ?? refuse(data);
  const kept = stretchStarts(from, to).flatMap((start) => keep(judgement, start, rows, knownAt));
  if (kept.length === 0) return { state: cell, outputs: [] };
  const [first, last] = cell.reviewed ?? [from, to];
  const state: Cell = { ...cell, reviewed: [Math.min(first, from), Math.max(last, to)] };
  const cause = `review:${data.review}`;
  const asked = rechecks(`${cause}/${data.version}`, station, state, { knownAt, cause, root: cause }, [
    { channels: data.channels, from, to },
  ]);
  return { state, outputs: [...kept, ...asked] };
}

function refuse({ review, from, to }: ReviewRecorded): never {
  throw Fault.invalid('NoSuchTime', `review ${review} judges ${from} to ${to}: revoke it and give times that exist`);
}

function keep(judgement: Judgement, start: number, rows: OwnRows, knownAt: number): RowOutput[] {
  const row = rows.at<JudgementStretch>(JUDGEMENTS, JUDGEMENTS_SERIES, start);
  const judgements = row?.data.judgements ?? [];
  const known = judgements.find(({ review }) => review === judgement.review);
  if (known && known.version >= judgement.version) return [];
  const others = judgements.filter((other) => other !== known);
  return [stretchRow({ judgements: [...others, judgement] }, start, (row?.version ?? 0) + 1, knownAt)];
}
