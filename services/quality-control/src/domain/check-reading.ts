import { type CheckedReading, type TestFlags, testFlag } from '@quantrac/contracts';
import {
  add,
  type Decimal,
  decimalOf,
  flags,
  formatDecimal,
  multiply,
  parseDecimal,
  rollUp,
} from '@quantrac/regulations';
import { notCounted } from './counts.ts';
import { deviceStatus } from './device-status.ts';
import { flatLine } from './flat-line.ts';
import { grossRange } from './gross-range.ts';
import { type Judgement, judgementOf } from './judgement.ts';
import { reckonable } from './kept-values.ts';
import { rateOfChange } from './rate-of-change.ts';
import { spike } from './spike.ts';
import { type CoveringPeriod, covers } from './station-rules.ts';
import { allMissing, testFlagsOf, withTestFlag } from './test-flags.ts';
import { timeChecks } from './time-checks.ts';
import { isMeasured, nearestMeasured, type Place, sinceReadingBefore, valueAt } from './timeline.ts';

/** A reading as it was received, with its place among its revisions. */
export type Received = Pick<
  CheckedReading,
  'channel' | 'value' | 'qualifier' | 'unit' | 'status' | 'revision' | 'aheadMs' | 'knownAt' | 'superseded'
>;

/** Its set: the time, and since when the newest revision is known. */
export interface SetTimes {
  readonly time: string;
  readonly receivedAt: string;
}

/** What people and the registry say about a stretch of time. */
export interface Circumstances {
  readonly periods: readonly CoveringPeriod[];
  readonly judgements: readonly Judgement[];
}

/** Everything that is found of one reading. Flags judge what the device sent; a review stands beside them. */
export function checkReading(
  reading: Received,
  set: SetTimes,
  place: Place,
  { periods, judgements }: Circumstances,
): CheckedReading {
  const { rules, timeline, index } = place;
  const { channel, value, unit, status } = reading;
  const kept = value === null ? undefined : rules.kept(value, unit);
  const tests = value === null ? allMissing : testReading(reading, kept, place);
  const flag = rollUp(tests);
  const judged = judgements.length === 0 ? undefined : judgementOf(reading, set, judgements);
  const deciding = judged?.decides ? judged.judgement : undefined;
  const used = kept !== undefined && deciding?.correction ? corrected(kept, deciding.correction) : kept;
  const end = timeline[index]!.time + rules.endsAfterMs;
  const reason = notCounted({
    hasValue: used !== undefined,
    status,
    flag,
    declared: periods.length > 0 && periods.some((period) => covers(period, channel, end)),
    decision: deciding?.decision,
  });
  const checked: CheckedReading = {
    channel,
    value,
    unit,
    status,
    revision: reading.revision,
    used: used ?? null,
    flags: tests,
    flag,
    counts: reason === undefined,
  };
  if (reason) checked.notCounted = reason;
  if (judged) checked.review = judged.review;
  return withRare(checked, reading);
}

/** What the reading after it can alter of a reading is its spike alone. */
export function checkSpike(
  reading: CheckedReading,
  set: SetTimes,
  place: Place,
  circumstances: Circumstances,
): CheckedReading {
  const value = valueAt(place, place.index);
  const found = value === undefined ? flags.notEvaluated : spikeAt(place, value, valueBefore(place));
  if (found === testFlag(reading.flags, 'spike')) return reading;
  const tests = withTestFlag(reading.flags, 'spike', found);
  return rollUp(tests) === reading.flag
    ? { ...reading, flags: tests }
    : checkReading(reading, set, place, circumstances);
}

/** Only what was measured is tested for what the environment does. */
function testReading(reading: Received, kept: string | undefined, place: Place): TestFlags {
  const { rules, timeline, index } = place;
  const status = deviceStatus(reading.status);
  const time = timeChecks(reading.aheadMs, sinceReadingBefore(place), rules.intervalMs);
  if (kept === undefined || !isMeasured(reading)) {
    const none = flags.notEvaluated;
    return testFlagsOf(status, time, none, none, none, none);
  }
  const value = decimalOf(kept);
  const at = nearestMeasured(place, index, -1, rules.neighbourMs);
  const before = valueAt(place, at);
  const sinceBefore = before ? timeline[index]!.time - timeline[at]!.time : 0;
  return testFlagsOf(
    status,
    time,
    grossRange(value, rules.grossRange),
    spikeAt(place, value, before),
    rateOfChange(value, before, sinceBefore, rules.rateOfChange),
    flatLine(value, valuesBefore(place, at, before), rules.flatLine),
  );
}

/** Nearly no reading has any of these, so that they are not spread over all. */
function withRare(checked: CheckedReading, { qualifier, aheadMs, knownAt, superseded }: Received): CheckedReading {
  if (qualifier) checked.qualifier = qualifier;
  if (aheadMs !== undefined) checked.aheadMs = aheadMs;
  if (knownAt) checked.knownAt = knownAt;
  if (superseded) checked.superseded = superseded;
  return checked;
}

/** Undefined, and so not counted: its numbers are too long to reckon with. */
function corrected(value: string, correction: NonNullable<Judgement['correction']>): string | undefined {
  const [factor, offset] = [parseDecimal(correction.factor), parseDecimal(correction.offset)];
  return factor && offset && reckonable(formatDecimal(add(multiply(decimalOf(value), factor), offset)));
}

const valueBefore = (place: Place): Decimal | undefined =>
  valueAt(place, nearestMeasured(place, place.index, -1, place.rules.neighbourMs));

function spikeAt(place: Place, value: Decimal, before: Decimal | undefined) {
  const { rules, index } = place;
  const after = rules.spike && valueAt(place, nearestMeasured(place, index, 1, rules.neighbourMs));
  return spike(value, before, after, rules.spike);
}

/** One after the other, newest first, as far back as a run is told; the nearest is read already. */
function valuesBefore(place: Place, nearest: number, before: Decimal | undefined): () => Decimal | undefined {
  let at = place.index;
  const { historyMs = 0 } = place.rules.flatLine ?? {};
  return () => {
    at = at > nearest && nearest >= 0 ? nearest : nearestMeasured(place, at, -1, historyMs);
    return at === nearest ? before : valueAt(place, at);
  };
}
