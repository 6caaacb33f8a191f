import type { StationRecorded } from '@quantrac/contracts';
import { isNewer } from '@quantrac/event-sourcing';
import type { Decision, Message, OwnRows } from '@quantrac/stream-processing';
import { changedRules } from '../domain/changed-rules.ts';
import type { RuleRecord } from '../domain/station-rules.ts';
import { type Cell, withRecord } from './cell.ts';
import { RULES, RULES_SERIES, rulesRow } from './collections.ts';
import { rechecks } from './take-recheck.ts';

/** Keeps the rules of a station's record and has checked again what they changed for. */
export function takeStation(cell: Cell, { data, knownAt }: Message<StationRecorded>, rows: OwnRows): Decision<Cell> {
  const { station, version, kind, channels, declaredPeriods, lifecycle } = data;
  const known = rows.at<RuleRecord>(RULES, RULES_SERIES, 0);
  const before = known?.data;
  if (known && !isNewer({ version, knownAt }, { version: known.data.version, knownAt: known.knownAt }))
    return { state: cell, outputs: [] };
  const record: RuleRecord = { station, version, kind, channels, declaredPeriods };
  const state = withRecord(cell, { ...record, lifecycle });
  const cause = `station:${version}`;
  const changed = before ? changedRules(before, record) : [];
  return {
    state,
    outputs: [
      rulesRow(record, Math.max(version, (known?.version ?? 0) + 1), knownAt),
      ...rechecks(cause, station, state, { knownAt, cause, root: cause }, changed),
    ],
  };
}
