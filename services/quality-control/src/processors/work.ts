import type { ObservationSetChecked } from '@quantrac/contracts';
import type { OwnRow, OwnRows } from '@quantrac/stream-processing';
import type { Circumstances } from '../domain/check-reading.ts';
import type { Judgement } from '../domain/judgement.ts';
import { type RuleRecord, type StationRules, stationRules } from '../domain/station-rules.ts';
import type { Cell } from './cell.ts';
import {
  CHECKED,
  JUDGEMENTS,
  JUDGEMENTS_SERIES,
  type JudgementStretch,
  RULES,
  RULES_SERIES,
  SET_SERIES,
  stretchStart,
} from './collections.ts';
import { isReviewed, type Sight, type Stretch } from './sight.ts';

/** What made a version, since when that is known (ms), and where the chain began. */
export interface Origin {
  readonly knownAt: number;
  readonly cause: string;
  readonly root: string;
}

/** What one decision works on. */
export interface Work {
  readonly station: string;
  readonly cell: Cell;
  readonly rules: StationRules;
  readonly origin: Origin;
  readonly sight: Sight;
  readonly rows: OwnRows;
  readonly sets: readonly OwnRow<ObservationSetChecked>[];
  readonly circumstances: Circumstances;
}

export function openWork(station: string, cell: Cell, origin: Origin, sight: Sight, rows: OwnRows): Work {
  const rules = rulesOf(rows.at<RuleRecord>(RULES, RULES_SERIES, 0)!.data);
  return {
    station,
    cell,
    rules,
    origin,
    sight,
    rows,
    sets: rows.range(CHECKED, SET_SERIES, sight.sets.from, sight.sets.to + 1),
    circumstances: circumstancesOf(cell, rules, sight.sets, rows),
  };
}

function circumstancesOf(cell: Cell, { periods }: StationRules, sets: Stretch, rows: OwnRows): Circumstances {
  return {
    periods: periods.filter(({ from, to }) => from <= sets.to && sets.from <= to),
    judgements: isReviewed(cell, sets) ? judgementsIn(sets, rows) : [],
  };
}

function judgementsIn({ from, to }: Stretch, rows: OwnRows): readonly Judgement[] {
  const stretches = rows.range<JudgementStretch>(JUDGEMENTS, JUDGEMENTS_SERIES, stretchStart(from), to + 1);
  const judgements = stretches.flatMap(({ data }) => data.judgements);
  return [...new Map(judgements.map((judgement) => [judgement.review, judgement])).values()];
}

const made = new WeakMap<RuleRecord, StationRules>();

/** The record stays the same object from set to set, so its rules are made once. */
function rulesOf(record: RuleRecord): StationRules {
  const known = made.get(record);
  if (known) return known;
  const rules = stationRules(record);
  made.set(record, rules);
  return rules;
}
