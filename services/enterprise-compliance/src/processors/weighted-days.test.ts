import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AggregateComputed, type ComplianceDayEvaluated, topics } from '@quantrac/contracts';
import { type Driven, driveProcessor } from '@quantrac/testing/drive-processor';
import type { ComplianceState } from '../domain/compliance-state.ts';
import {
  aChannel,
  aLimit,
  anHour,
  fedHour,
  fedLimits,
  fedStation,
  outletFlow,
  station,
  stationRecord,
  wholeDay,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';

const day = '2026-01-15';
const next = '2026-01-16';
const afterNext = '2026-01-17';

const feed = (processor: Driven<ComplianceState>, ...hours: AggregateComputed[]): void => {
  for (const hour of hours) processor.take(fedHour(hour));
};
const versions = (processor: Driven<ComplianceState>): ComplianceDayEvaluated[] =>
  processor.versions<ComplianceDayEvaluated>(topics.compliance.name, station).map(({ data }) => data);

const weighted = () => {
  const channels = [aChannel('cod', 'COD'), outletFlow];
  const processor = driveProcessor(complianceDays(75));
  processor.take(fedStation(stationRecord({ channels })));
  processor.take(fedLimits([aLimit({ method: 'flow-weighted' })]));
  return processor;
};
const flowDay = (flow: number) => wholeDay(day, flow, { channel: 'flow', parameter: 'Flow', unit: 'm3/h' });

test('a day weighted by flow waits for the flow, and follows it when it changes', () => {
  const processor = weighted();
  feed(processor, ...wholeDay(day, 60).slice(0, 23), anHour(day, 24, 108));
  assert.deepEqual(versions(processor), []);
  feed(processor, ...flowDay(10));
  assert.deepEqual(
    versions(processor).map(({ value, method }) => [value, method]),
    [['62', 'flow-weighted']],
  );
  const [first] = flowDay(250);
  feed(processor, { ...first!, version: 2, state: 'amended' });
  assert.equal(versions(processor).at(-1)?.value, '61');
});

test('a day weighted by flow does not wait for ever', () => {
  const processor = weighted();
  feed(processor, ...wholeDay(day, 60), ...wholeDay(next, 60), anHour(afterNext, 1, 60));
  assert.deepEqual(
    versions(processor).map((verdict) => [verdict.day, verdict.reason]),
    [[day, 'flow-capture']],
  );
});

test('days change their method when the permit does', () => {
  const processor = weighted();
  feed(processor, ...wholeDay(day, 60), ...flowDay(10));
  processor.take(fedLimits([aLimit({ method: 'mean-of-hourly-means' })], 2));
  processor.take(fedLimits([aLimit({ method: 'flow-weighted' })], 3));
  assert.deepEqual(
    versions(processor).map(({ method, value }) => [method, value]),
    [
      ['flow-weighted', '60'],
      ['mean-of-hourly-means', '60'],
      ['flow-weighted', '60'],
    ],
  );
});
