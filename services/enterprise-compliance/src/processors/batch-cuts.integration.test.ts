import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type AggregateComputed,
  type ComplianceDayEvaluated,
  rejectedTopic,
  sequenceOf,
  type TopicDeclaration,
  topics,
} from '@quantrac/contracts';
import { dayOf } from '@quantrac/regulations';
import { openEmbeddedStores } from '@quantrac/service';
import { type Message, Step } from '@quantrac/stream-processing';
import { temporaryFolder } from '@quantrac/testing';
import type { Fed } from '@quantrac/testing/drive-processor';
import type { Row } from '@quantrac/time-series';
import fc from 'fast-check';
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
  outletFlow,
  stationRecord,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';
import { collections } from './compliance-rows.ts';

const told = [topics.limits, topics.compliance, topics.judgings];
let stores: Awaited<ReturnType<typeof openEmbeddedStores>>;
let step: Step<ComplianceState>;
let runs = 0;

before(async () => {
  stores = await openEmbeddedStores(temporaryFolder(), 'enterprise-compliance');
  const rejected = rejectedTopic('enterprise-compliance', 'compliance-days');
  const options = { processor: complianceDays(75), store: stores.steps, node: 'node1', epoch: () => 1 };
  step = new Step({ ...options, topics: told, rejected });
});
after(() => stores.close());

/** An intake under a key of its own, which it answers; what it asks of itself comes with the batch after. */
async function run(intake: readonly Message[], cuts: readonly number[]): Promise<string> {
  const key = `run-${++runs}`;
  let asked = '';
  const take = async (batch: readonly Message[]): Promise<readonly Message[]> => {
    const taken = await step.take(batch.map((message) => ({ ...message, key })));
    assert.ok(taken.every(({ outcome }) => outcome === 'taken'));
    const rows = await stores.series.history(topics.judgings.name, key, asked, 1000);
    asked = rows.at(-1)?.sequence ?? asked;
    return rows.map(askedMessage);
  };
  let waiting: readonly Message[] = [];
  const bounds = [0, ...new Set(cuts.map((cut) => cut % intake.length))].sort((a, b) => a - b);
  for (const [index, from] of bounds.entries())
    waiting = await take([...waiting, ...intake.slice(from, bounds[index + 1])]);
  while (waiting.length > 0) waiting = await take(waiting);
  return key;
}

const askedMessage = ({ key, type, sequence, knownAt, value }: Row): Message => ({
  ...{ topic: topics.judgings.name, key, type, sequence, knownAt, id: `judgings/${key}/${sequence}`, value },
  data: JSON.parse(Buffer.from(value).toString()),
});

const everything = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Every version of every row, with all that is known of it. */
async function historyOf(intake: readonly Message[], cuts: readonly number[]): Promise<readonly string[]> {
  const key = await run(intake, cuts);
  const kept = [...Object.values(collections), topics.judgings.name];
  const ranges = kept.map((collection) => ({ ...everything, key, collection, versions: 'all' as const }));
  const rows = (await stores.series.ranges(ranges)).flat();
  return rows.map(({ collection, series, time, version, knownAt, value }) =>
    [collection, series, time, version, knownAt, Buffer.from(value)].join(' '),
  );
}

/** What two nodes must agree on: not versions, states, causes or when it became known. */
async function resultOf(intake: readonly Message[], cuts: readonly number[]): Promise<readonly unknown[]> {
  const key = await run(intake, cuts);
  const rows = await stores.series.range({ ...everything, key, collection: topics.compliance.name });
  return rows.map(({ value }) => {
    const evaluated = JSON.parse(Buffer.from(value).toString()) as ComplianceDayEvaluated;
    const { version: _, state: __, cause: ___, root: ____, knownAt: _____, ...current } = evaluated;
    return current;
  });
}

const firstDay = '2026-01-01';
const dayAt = (number: number): string => dayOf(Date.parse(hourEnd(firstDay, 24)) + number * 86_400_000);

const someHour = (days: number) =>
  fc.record({
    day: fc.nat(days - 1),
    hour: fc.constantFrom(1, 7, 24),
    channel: fc.constantFrom('cod', 'tss', 'flow'),
    value: fc.integer({ min: 0, max: 90 }),
    isEmpty: fc.boolean(),
  });

/** Nine days in ten lack hours, so that values by design follow the schedule; what comes twice is a later version. */
const hoursOver = (days: number) =>
  fc.array(someHour(days), { minLength: days, maxLength: days * 2 }).map((hours): Fed[] => {
    const versions = new Map<string, number>();
    const inOrder = [...hours.slice(0, -10).sort((a, b) => a.day - b.day || a.hour - b.hour), ...hours.slice(-10)];
    return inOrder.map(({ day, hour, channel, value, isEmpty }, index) => {
      const version = 1 + (versions.get(`${channel} ${day} ${hour}`) ?? 0);
      versions.set(`${channel} ${day} ${hour}`, version);
      const unit = channel === 'flow' ? 'm3/h' : 'mg/L';
      const knownAt = new Date(Date.parse(hourEnd(dayAt(days), 1)) + index).toISOString();
      const changes: Partial<AggregateComputed> = { channel, unit, version, knownAt };
      return fedHour((isEmpty ? emptyHour : anHour)(dayAt(day), hour, value, changes));
    });
  });

const channels = (intervalMs: number) => [
  aChannel('cod', 'COD', { intervalMs }),
  aChannel('tss', 'TSS', { intervalMs }),
  outletFlow,
];
/** So few values by design that three hours make a day. */
const record = (version: number, intervalMs: number): Fed =>
  fedStation(stationRecord({ version, channels: channels(intervalMs) }));
const limits = (version: number, upper: string, method: 'mean-of-readings' | 'flow-weighted'): Fed =>
  fedLimits([aLimit({ upper, method }), aLimit({ channel: 'tss', parameter: 'TSS', upper })], version);

/** An intake over so many days, with changes of permit and schedule somewhere in it, and where its batches are cut. */
const intakes = (days: number) =>
  fc.record({
    cuts: fc.array(fc.nat(10_000), { maxLength: 12 }),
    intake: fc
      .record({ hours: hoursOver(days), at: fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 }) })
      .map(({ hours, at }): Message[] => {
        const changes = [limits(1, '50', 'mean-of-readings'), limits(2, '40', 'flow-weighted'), record(2, 7_200_000)];
        const all = [...hours];
        const places = at.map((place) => place % (hours.length + 1)).sort((a, b) => b - a);
        for (const [index, place] of places.entries()) all.splice(place, 0, changes[2 - index]!);
        return [record(1, 28_800_000), ...all].map(messageOf);
      }),
  });

function messageOf({ topic, key, type, knownAt = 0, data }: Fed, index: number): Message {
  const sequence = sequenceOf(1, index + 1, 0);
  const value = Buffer.from(JSON.stringify(data));
  const { name }: TopicDeclaration = topic;
  return { topic: name, key, type, sequence, knownAt, id: `${name}/${key}/${sequence}`, data, value };
}

const oneByOne = (intake: readonly Message[]): readonly number[] => intake.map((_, index) => index);

test('wherever the batches of an intake are cut, its histories are equal', async () => {
  let versions = 0;
  const cutAnywhere = fc.asyncProperty(intakes(10), async ({ intake, cuts }) => {
    const expected = await historyOf(intake, oneByOne(intake));
    versions += expected.filter((row) => row.startsWith(topics.compliance.name)).length;
    assert.deepEqual(await historyOf(intake, cuts), expected);
  });
  await fc.assert(cutAnywhere, { numRuns: 20, endOnFailure: true });
  assert.ok(versions > 40, `${versions} versions of verdicts`);
});

test('where old days wait to be judged again, the results are equal', async () => {
  const cutAnywhere = fc.asyncProperty(intakes(80), async ({ intake, cuts }) => {
    const expected = await resultOf(intake, []);
    assert.ok(expected.length > 30, `${expected.length} verdicts`);
    assert.deepEqual(await resultOf(intake, cuts), expected);
  });
  await fc.assert(cutAnywhere, { numRuns: 8, endOnFailure: true });
});
