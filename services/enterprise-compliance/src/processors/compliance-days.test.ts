import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ComplianceDayEvaluated, complianceDayEvaluated, topics } from '@quantrac/contracts';
import { type Driven, driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import type { ComplianceState } from '../domain/compliance-state.ts';
import {
  aChannel,
  aLimit,
  anHour,
  emptyHour,
  fedHour,
  fedLimits,
  fedStation,
  hourEnd,
  station,
  stationRecord,
  wholeDay,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';
import { collections } from './compliance-rows.ts';

const day = '2026-01-15';
const next = '2026-01-16';
const afterNext = '2026-01-17';

const driven = (...first: Fed[]): Driven<ComplianceState> => {
  const processor = driveProcessor(complianceDays(75));
  for (const fed of first) processor.take(fed);
  return processor;
};
const start = (): Driven<ComplianceState> => driven(fedStation(), fedLimits([aLimit()]));
const feed = (processor: Driven<ComplianceState>, ...hours: Parameters<typeof fedHour>[0][]): void => {
  for (const hour of hours) processor.take(fedHour(hour));
};
const verdicts = (processor: Driven<ComplianceState>, series?: string): ComplianceDayEvaluated[] =>
  processor.rows<ComplianceDayEvaluated>(topics.compliance.name, station, series).map(({ data }) => data);
const versions = (processor: Driven<ComplianceState>): ComplianceDayEvaluated[] =>
  processor.versions<ComplianceDayEvaluated>(topics.compliance.name, station).map(({ data }) => data);

test('a day is judged once, when its last hour is closed', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60).slice(0, 23));
  assert.deepEqual(versions(processor), []);
  feed(processor, anHour(day, 24, 108));
  const [verdict, ...others] = versions(processor);
  assert.deepEqual(others, []);
  assert.ok(complianceDayEvaluated.parse(verdict));
  assert.deepEqual(
    { ...verdict, basis: '' },
    {
      lane: 'official',
      facility: 'f1',
      station,
      channel: 'cod',
      parameter: 'COD',
      limit: '24h',
      day,
      version: 1,
      method: 'mean-of-readings',
      value: '62',
      unit: 'mg/L',
      lower: null,
      upper: '67.5',
      verdict: 'within',
      byDesign: 288,
      received: 288,
      inError: 0,
      state: 'closed',
      unconfirmed: true,
      rules: { standard: 'QCVN 40:2011/BTNMT', permit: 'p1', capturePercent: 75 },
      basis: '',
      knownAt: hourEnd(day, 24),
      cause: 'receipt:node1/24',
      root: 'receipt:node1/24',
    },
  );
});

test('the row stands at the instant that ends the day, in the series of channel and limit', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60));
  const [row] = processor.rows(topics.compliance.name, station);
  assert.deepEqual([row?.series, row?.time], ['cod/24h', Date.parse(hourEnd(day, 24))]);
});

test('provisional means, other lengths, other statistics and replays say nothing', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60, { state: 'provisional' }));
  feed(processor, ...wholeDay(day, 60, { length: '8h' }), ...wholeDay(day, 60, { statistic: 'max' }));
  feed(processor, ...wholeDay(day, 60, { lane: 'replay:1' }));
  assert.deepEqual([versions(processor), processor.rows(collections.hours, station)], [[], []]);
});

test('a late hour amends its day and no other, naming its cause', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60), ...wholeDay(next, 60));
  const before = versions(processor).length;
  feed(processor, anHour(day, 7, 300, { version: 2, state: 'amended', cause: 'receipt:node1/99' }));
  const amended = versions(processor).slice(before);
  assert.deepEqual(
    amended.map((verdict) => [
      verdict.day,
      verdict.version,
      verdict.state,
      verdict.value,
      verdict.verdict,
      verdict.cause,
    ]),
    [[day, 2, 'amended', '70', 'exceeds', 'receipt:node1/99']],
  );
});

test('an hour that comes again with the same content makes no new version', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60));
  feed(processor, anHour(day, 7, 60, { version: 2, state: 'amended' }));
  assert.equal(versions(processor).length, 1);
});

test('an older version of an hour that comes late does not take the place of the newer', () => {
  const processor = start();
  feed(processor, anHour(day, 7, 90, { version: 2, state: 'amended' }), ...wholeDay(day, 60));
  assert.equal(verdicts(processor)[0]?.value, '61.25');
});

test('hours wait for the station record, and are judged once it came', () => {
  const processor = driven(fedLimits([aLimit()]));
  feed(processor, ...wholeDay(day, 60));
  assert.deepEqual(versions(processor), []);
  processor.take(fedStation());
  assert.equal(verdicts(processor)[0]?.value, '60');
});

test('a day without a limit has no verdict, and gets it when a limit comes that holds on it', () => {
  const processor = driven(fedStation());
  feed(processor, ...wholeDay(day, 60), ...wholeDay(next, 60));
  assert.deepEqual(versions(processor), []);
  processor.take(fedLimits([aLimit({ from: next })]));
  assert.deepEqual(
    versions(processor).map((verdict) => [verdict.day, verdict.verdict, verdict.cause]),
    [[next, 'within', 'permit:p1/1']],
  );
});

test('a limit that changes from a day on judges that day and the later ones again, and no earlier one', () => {
  const processor = start();
  for (const one of [day, next, afterNext]) feed(processor, ...wholeDay(one, 60));
  const before = versions(processor).length;
  processor.take(fedLimits([aLimit({ to: day }), aLimit({ from: next, upper: '50' })], 2));
  assert.deepEqual(
    versions(processor)
      .slice(before)
      .map((verdict) => [verdict.day, verdict.version, verdict.verdict, verdict.upper]),
    [
      [next, 2, 'exceeds', '50'],
      [afterNext, 2, 'exceeds', '50'],
    ],
  );
});

test('a limit that is taken back leaves a day without a verdict that says so, once', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60));
  processor.take(fedLimits([], 2));
  processor.take(fedLimits([aLimit({ channel: 'ph' })], 3));
  const last = versions(processor).at(-1);
  assert.equal(versions(processor).length, 2);
  assert.deepEqual([last?.verdict, last?.reason, last?.value, last?.upper], ['no-verdict', 'no-limit', null, null]);
});

test('limits of one and eight hours are not judged by the day', () => {
  const processor = driven(
    fedStation(),
    fedLimits([aLimit({ limit: '1h', basis: '1h' }), aLimit({ limit: '8h', basis: '8h' })]),
  );
  feed(processor, ...wholeDay(day, 60));
  assert.deepEqual(versions(processor), []);
});

test('a day that lacks hours is judged by the schedule, once a whole day more has passed', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60).slice(0, 20), ...wholeDay(next, 60), anHour(afterNext, 1, 60));
  const [verdict] = verdicts(processor);
  assert.deepEqual([verdict?.day, verdict?.byDesign, verdict?.received, verdict?.verdict], [day, 288, 240, 'within']);
});

test('a schedule that changes judges only the days again that lack hours', () => {
  const processor = start();
  feed(processor, ...wholeDay(day, 60).slice(0, 20), ...wholeDay(next, 60), anHour(afterNext, 1, 60));
  const before = versions(processor).length;
  const every = aChannel('cod', 'COD', { intervalMs: 600_000 });
  processor.take(fedStation(stationRecord({ version: 2, channels: [every] })));
  processor.take(fedStation(stationRecord({ version: 3, channels: [every], name: 'Renamed' })));
  assert.deepEqual(
    versions(processor)
      .slice(before)
      .map((verdict) => [verdict.day, verdict.byDesign, verdict.cause]),
    [[day, 264, 'station:2']],
  );
});

test('a verdict says by which share of data it was made, and another share is another basis', () => {
  const judgedBy = (percent: number) => {
    const processor = driveProcessor(complianceDays(percent));
    for (const fed of [fedStation(), fedLimits([aLimit()])]) processor.take(fed);
    feed(processor, ...wholeDay(day, 60).slice(0, 20), emptyHour(day, 21), emptyHour(day, 22));
    feed(processor, emptyHour(day, 23), emptyHour(day, 24));
    return verdicts(processor)[0];
  };
  const [lenient, strict] = [judgedBy(75), judgedBy(90)];
  assert.deepEqual([lenient?.rules?.capturePercent, lenient?.verdict], [75, 'within']);
  assert.deepEqual([strict?.rules?.capturePercent, strict?.reason], [90, 'data-capture']);
  assert.notEqual(lenient?.basis, strict?.basis);
});

test('a station with ten channels keeps less than a kilobyte between records', () => {
  const channels = Array.from({ length: 10 }, (_, index) => aChannel(`channel${index}`, 'COD'));
  const processor = driven(fedStation(stationRecord({ channels })));
  for (const one of [day, next, afterNext])
    for (const { channel } of channels)
      feed(
        processor,
        ...wholeDay(one, 60, { channel }).slice(0, one === day ? 24 : 20),
        emptyHour(one, 22, { channel }),
      );
  assert.ok(JSON.stringify(processor.state(station)).length < 1000);
});

test('limits of a store that was restored from a copy, and gives a version a second time, hold; older ones that come again do not', () => {
  const processor = driven(fedStation(), fedLimits([aLimit()], 3));
  feed(processor, ...wholeDay(day, 60));
  assert.equal(verdicts(processor).at(-1)!.verdict, 'within');
  processor.take(fedLimits([aLimit({ upper: '50' })], 2));
  assert.equal(verdicts(processor).at(-1)!.verdict, 'exceeds');
  processor.take({ ...fedLimits([aLimit()], 4), knownAt: 0 });
  assert.equal(verdicts(processor).at(-1)!.verdict, 'exceeds');
  feed(processor, ...wholeDay(next, 60));
  assert.equal(verdicts(processor).at(-1)!.verdict, 'exceeds', 'and what is kept of them is the newer');
});
