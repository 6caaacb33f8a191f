import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ComplianceDayEvaluated, judgingAsked, type LimitsRecorded, topics } from '@quantrac/contracts';
import { dayOf } from '@quantrac/regulations';
import type { RowOutput } from '@quantrac/stream-processing';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import {
  aChannel,
  aLimit,
  anHour,
  fedHour,
  fedLimits,
  fedStation,
  hourEnd,
  outletFlow,
  station,
  stationRecord,
  wholeDay,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';
import { collections } from './compliance-rows.ts';

const newest = '2026-04-10';
const dayMs = 86_400_000;
const daysBefore = (number: number): string => dayOf(Date.parse(hourEnd(newest, 24)) - number * dayMs);
/** A hundred days, the oldest first, each of a value of its own. */
const hundred = Array.from({ length: 100 }, (_, index) => daysBefore(99 - index));
const hours = hundred.flatMap((day, index) => wholeDay(day, index));

/** A station whose asked judgings wait until they are told to be taken. */
function drive(...first: Fed[]) {
  const driven = driveProcessor(complianceDays(75));
  const asked: Fed[] = [];
  /** How many verdicts each decision put out. */
  const sizes: number[] = [];
  const take = (fed: Fed): void => {
    const rows = driven.take(fed).filter((output): output is RowOutput => output.kind === 'row');
    sizes.push(rows.filter(({ topic }) => topic === topics.compliance).length);
    for (const { topic, type, knownAt, data } of rows)
      if (topic === topics.judgings) asked.push({ topic, key: station, type, knownAt, data: judgingAsked.parse(data) });
  };
  const takeAsked = (): boolean => {
    const next = asked.shift();
    if (next) take(next);
    return next !== undefined;
  };
  for (const fed of first) take(fed);
  return {
    take,
    takeAsked,
    takeAll: () => {
      while (takeAsked());
    },
    asked,
    sizes,
    versions: () => driven.versions<ComplianceDayEvaluated>(topics.compliance.name, station).map(({ data }) => data),
    verdicts: () => driven.rows<ComplianceDayEvaluated>(topics.compliance.name, station).map(({ data }) => data),
    days: () => driven.rows(collections.days, station),
  };
}

const known = (...limits: Fed[]) => drive(fedStation(), ...limits, ...hours.map(fedHour));
const ofNothing = (): Fed => {
  const fed = fedLimits([]);
  return { ...fed, data: { ...(fed.data as LimitsRecorded), facility: null } };
};

test('a new limit judges the newest month at once and the days before it a month at a time, each once', () => {
  const processor = known(fedLimits([aLimit()]));
  assert.equal(processor.versions().length, 100);
  processor.sizes.length = 0;
  processor.take(fedLimits([aLimit({ upper: '50' })], 2));
  assert.deepEqual(
    processor
      .versions()
      .slice(100)
      .map(({ day }) => day),
    hundred.slice(-31),
  );
  processor.takeAll();
  assert.deepEqual(processor.sizes, [31, 31, 31, 7]);
  const again = processor.versions().slice(100);
  assert.deepEqual(again.map(({ day }) => day).sort(), hundred);
  assert.ok(again.every(({ version, cause, upper }) => version === 2 && cause === 'permit:p1/2' && upper === '50'));
});

test('what comes while old days wait to be judged is not held up, and is judged by the new limit', () => {
  const processor = known(fedLimits([aLimit()]));
  processor.take(fedLimits([aLimit({ upper: '50' })], 2));
  const late = anHour(hundred[0]!, 7, 2400, { version: 2, state: 'amended', cause: 'receipt:node1/99' });
  processor.take(fedHour(late));
  const amended = processor.versions().at(-1);
  assert.deepEqual(
    [amended?.day, amended?.upper, amended?.value, amended?.verdict],
    [hundred[0], '50', '100', 'exceeds'],
  );
  processor.takeAll();
  assert.equal(processor.versions().filter(({ day }) => day === hundred[0]).length, 2);
  assert.ok(processor.verdicts().every(({ upper }) => upper === '50'));
});

test('a newer change takes the place of what an older one still asks for', () => {
  const processor = known(fedLimits([aLimit()]));
  processor.take(fedLimits([aLimit({ upper: '50' })], 2));
  processor.takeAsked();
  processor.take(fedLimits([aLimit({ upper: '40' })], 3));
  processor.takeAll();
  assert.ok(processor.verdicts().every(({ upper }) => upper === '40'));
  const oldest = processor.versions().filter(({ day }) => day === hundred[0]);
  assert.deepEqual(
    oldest.map(({ cause }) => cause),
    ['receipt:node1/24', 'permit:p1/3'],
  );
});

test('a schedule that changes is taken to old days a month at a time as well', () => {
  const gaps = hours.filter((_, index) => index % 24 !== 12);
  const processor = drive(fedStation(), fedLimits([aLimit()]), ...gaps.map(fedHour));
  const judged = processor.versions().length;
  processor.take(
    fedStation(stationRecord({ version: 2, channels: [aChannel('cod', 'COD', { intervalMs: 600_000 })] })),
  );
  assert.equal(processor.versions().length, judged + 30);
  processor.takeAll();
  assert.equal(processor.versions().length, judged * 2);
  assert.ok(processor.verdicts().every(({ byDesign }) => byDesign === 23 * 12 + 6));
});

test('a station that is held to nothing makes no days', () => {
  const processor = known(ofNothing());
  assert.deepEqual([processor.days(), processor.versions(), processor.asked], [[], [], []]);
});

test('once it is, its days become what they would have been had it always been', () => {
  const channels = [aChannel('cod', 'COD'), outletFlow];
  const flow = { channel: 'flow', parameter: 'Flow', unit: 'm3/h', value: '7' };
  const record = () => fedStation(stationRecord({ channels }));
  const limits = () => fedLimits([aLimit({ method: 'flow-weighted' })], 2);
  const told = hours.flatMap((hour) => [{ ...hour, ...flow }, hour]).map(fedHour);
  const always = drive(record(), limits(), ...told);
  const later = drive(record(), ofNothing(), ...told, limits());
  const fresh = drive(record(), ...told, limits());
  later.takeAll();
  fresh.takeAll();
  const comparable = ({ verdicts, days }: typeof always) => [
    verdicts().map(({ day, value, verdict, basis, version }) => [day, value, verdict, basis, version]),
    days().map(({ series, time, version, data }) => [series, time, version, data]),
  ];
  assert.equal(always.days().length, 200);
  assert.deepEqual(comparable(later), comparable(always));
  assert.deepEqual(comparable(fresh), comparable(always));
});

test('hours that come before its old days are made are not lost to them', () => {
  const processor = drive(fedStation(), ...hours.map(fedHour), fedLimits([aLimit()]));
  processor.take(fedHour(anHour(hundred[0]!, 7, 240, { version: 2, state: 'amended' })));
  processor.take(fedLimits([aLimit({ upper: '60' })], 2));
  processor.takeAll();
  assert.deepEqual(
    processor.verdicts().map(({ day }) => day),
    hundred,
  );
  assert.deepEqual([processor.verdicts()[0]?.value, processor.verdicts()[1]?.value], ['10', '1']);
});
