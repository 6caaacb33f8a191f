import { type AggregateComputed, type IntakeAdvanced, type ObservationSetChecked, topics } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { RowOutput } from '@quantrac/stream-processing';
import type { Judgement } from '../domain/judgement.ts';
import type { RuleRecord } from '../domain/station-rules.ts';

export const CHECKED = topics.observationsChecked.name;
export const AGGREGATES = topics.aggregates.name;
/** The newest rules of a station: one row, at time 0. */
export const RULES = 'station-rules';
/** Reviews by the stretches of time that they touch. */
export const JUDGEMENTS = 'judgements';

export const SET_SERIES = 'set';
export const ADVANCE_SERIES = 'advance';
export const RULES_SERIES = 'rules';
export const JUDGEMENTS_SERIES = 'stretch';

export type Length = AggregateComputed['length'];

export const meanSeries = (channel: string, length: Length): string => `${channel}/mean/${length}`;

const STRETCH_MS = 30 * 86_400_000;

export interface JudgementStretch {
  readonly judgements: readonly Judgement[];
}

export const stretchStart = (time: number): number => Math.floor(time / STRETCH_MS) * STRETCH_MS;

/** The starts of all stretches that [from, to] touches. */
export function stretchStarts(from: number, to: number): number[] {
  const starts: number[] = [];
  for (let start = stretchStart(from); start <= to; start += STRETCH_MS) starts.push(start);
  return starts;
}

export const setRow = (data: ObservationSetChecked, time: number, knownAt: number): RowOutput => ({
  kind: 'row',
  topic: topics.observationsChecked,
  type: 'ObservationSetChecked',
  series: SET_SERIES,
  time,
  version: data.version,
  knownAt,
  data,
});

export const advanceRow = (data: IntakeAdvanced, version: number): RowOutput => ({
  kind: 'row',
  topic: topics.observationsChecked,
  type: 'IntakeAdvanced',
  series: ADVANCE_SERIES,
  time: fromInstant(data.upTo)!,
  version,
  knownAt: fromInstant(data.knownAt)!,
  data,
});

export const meanRow = (data: AggregateComputed, time: number, knownAt: number): RowOutput => ({
  kind: 'row',
  topic: topics.aggregates,
  type: 'AggregateComputed',
  series: meanSeries(data.channel, data.length),
  time,
  version: data.version,
  knownAt,
  data,
});

/** `version`: of the row; a registry that was restored gives its own a second time. */
export const rulesRow = (data: RuleRecord, version: number, knownAt: number): RowOutput => ({
  kind: 'row',
  collection: RULES,
  type: 'StationRules',
  series: RULES_SERIES,
  time: 0,
  version,
  knownAt,
  data,
});

export const stretchRow = (data: JudgementStretch, time: number, version: number, knownAt: number): RowOutput => ({
  kind: 'row',
  collection: JUDGEMENTS,
  type: 'Judgements',
  series: JUDGEMENTS_SERIES,
  time,
  version,
  knownAt,
  data,
});
