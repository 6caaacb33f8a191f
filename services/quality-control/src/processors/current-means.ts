import type { AggregateComputed } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { OwnRow, RowOutput } from '@quantrac/stream-processing';
import { HOUR_MS } from '../domain/slots.ts';
import type { RuledChannel } from '../domain/station-rules.ts';
import { aggregateOf, basisOf, type ToldMean } from './aggregate-record.ts';
import { AGGREGATES, type Length, meanRow, meanSeries } from './collections.ts';
import { marginOf } from './sight.ts';
import type { Work } from './work.ts';

export type MeanRow = Pick<OwnRow<AggregateComputed>, 'data' | 'knownAt'>;

/** The means in sight, the ones of this decision among them. */
export interface CurrentMeans {
  /** Undefined: none was put out yet. */
  readonly at: (channel: string, length: Length, end: number) => MeanRow | undefined;
  /** Puts out a version where basis or result changed (DESIGN 7.1). `membersKnownAt`: of the newest, ms. */
  readonly put: (channel: RuledChannel, told: ToldMean, membersKnownAt: number) => void;
  readonly outputs: readonly RowOutput[];
}

export function currentMeans(work: Work): CurrentMeans {
  const outputs: RowOutput[] = [];
  const made = new Map<string, MeanRow>();
  const at = (channel: string, length: Length, end: number): MeanRow | undefined =>
    (made.size > 0 ? made.get(nameOf(channel, length, end)) : undefined) ?? stored(work, channel, length, end);
  return {
    outputs,
    at,
    put(channel, told, membersKnownAt) {
      const { length, end } = told;
      const before = at(channel.channel, length, end);
      const basis = basisOf(told.mean);
      if (before?.data.basis === basis) return;
      const knownAt = Math.max(work.origin.knownAt, membersKnownAt, before?.knownAt ?? 0);
      const data = aggregateOf(work, channel, told, {
        version: (before?.data.version ?? 0) + 1,
        state: before ? 'amended' : 'closed',
        knownAt: toInstant(knownAt),
        basis,
      });
      outputs.push(meanRow(data, end, knownAt));
      made.set(nameOf(channel.channel, length, end), { data, knownAt });
    },
  };
}

const nameOf = (channel: string, length: Length, end: number): string => `${meanSeries(channel, length)} ${end}`;

/** Out of sight there is none: hours that far away have not been told before. */
function stored({ sight, rows, cell }: Work, channel: string, length: Length, end: number): MeanRow | undefined {
  if (!sight.means || end > cell.newestMean * HOUR_MS) return undefined;
  const { before, after } = marginOf(length, cell.ambientAir);
  if (end < sight.hours.from - before || end > sight.hours.to + after) return undefined;
  return rows.at<AggregateComputed>(AGGREGATES, meanSeries(channel, length), end);
}
