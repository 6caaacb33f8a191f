import { hash } from 'node:crypto';
import type { AggregateComputed } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Mean } from '../domain/mean.ts';
import type { RuledChannel } from '../domain/station-rules.ts';
import type { Length } from './collections.ts';
import type { Work } from './work.ts';

/** A mean of one channel and what period it is of. */
export interface ToldMean {
  readonly length: Length;
  /** ms */
  readonly end: number;
  readonly unit: string;
  readonly mean: Mean;
}

/** Equal where members, rules and result are (DESIGN 7.1). */
export const basisOf = ({ basis }: Mean): string => hash('sha256', basis, 'hex');

export const aggregateOf = (
  {
    station,
    rules,
    origin,
  }: Pick<Work, 'station' | 'rules'> & { readonly origin: Pick<Work['origin'], 'cause' | 'root'> },
  { channel, parameter }: RuledChannel,
  { length, end, unit, mean }: ToldMean,
  made: Pick<AggregateComputed, 'version' | 'state' | 'knownAt' | 'basis'>,
): AggregateComputed => ({
  lane: 'official',
  station,
  channel,
  parameter,
  statistic: 'mean',
  length,
  end: toInstant(end),
  ...mean,
  unit,
  rules: String(rules.version),
  cause: origin.cause,
  root: origin.root,
  ...made,
});
