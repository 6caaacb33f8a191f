import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectedTopic, sequenceOf, topics } from '@quantrac/contracts';
import { openEmbeddedStores } from '@quantrac/service';
import { type Message, Step } from '@quantrac/stream-processing';
import { temporaryFolder } from '@quantrac/testing';
import { aChannel, anAdvance, aReading, aSet, at, MINUTE_MS, station, stationRecord } from '../testing/builders.ts';
import { qualityControl } from './quality-control.ts';

const quality = { spike: { suspect: '5', fail: '20' }, flatLine: { tolerance: '0', suspectAfter: 3 } };

/** A morning with a gap, a late burst, a corrected set and advances, as one intake tells it. */
function anIntake(): Message[] {
  const told: [type: string, knownAt: number, data: unknown][] = [];
  const tell = (time: number, value: string, revision = 1, knownAt = time) =>
    told.push(['ObservationSetReceived', knownAt, aSet(time, [aReading(value, { revision })], { revision })]);
  for (let time = at('08:05'); time <= at('10:00'); time += 5 * MINUTE_MS)
    if (time <= at('08:40') || time > at('09:20')) tell(time, String(10 + ((time / MINUTE_MS) % 7)));
  told.push(['IntakeAdvanced', at('10:05'), anAdvance(at('10:00'))]);
  for (let time = at('09:20'); time > at('08:40'); time -= 5 * MINUTE_MS) tell(time, '12', 1, at('11:00'));
  tell(at('08:30'), '60', 2, at('11:30'));
  told.push(['IntakeAdvanced', at('12:05'), anAdvance(at('12:00'))]);
  const intake = told.map(([type, knownAt, data], index) =>
    messageOf(topics.observationsReceived.name, type, knownAt, data, index + 1),
  );
  const record = stationRecord({ channels: [aChannel('cod', { quality })] });
  return [messageOf(topics.stations.name, 'StationRecorded', 0, record, 1), ...intake];
}

function messageOf(topic: string, type: string, knownAt: number, data: unknown, number: number): Message {
  const sequence = sequenceOf(1, number, 0);
  const value = Buffer.from(JSON.stringify(data));
  return { topic, key: station, type, sequence, knownAt, id: `${topic}/${station}/${sequence}`, data, value };
}

/** All versions of all rows, after taking an intake in batches of a size. */
async function historyOf(batchSize: number): Promise<readonly string[]> {
  const stores = await openEmbeddedStores(temporaryFolder(), 'quality-control');
  const step = new Step({
    processor: qualityControl({ dataCapturePercent: 75 }),
    store: stores.steps,
    node: 'node1',
    epoch: 1,
    topics: [topics.observationsChecked, topics.aggregates, topics.rechecks],
    rejected: rejectedTopic('quality-control', 'quality-control'),
  });
  const intake = anIntake();
  for (let from = 0; from < intake.length; from += batchSize) {
    const taken = await step.take(intake.slice(from, from + batchSize));
    assert.ok(taken.every(({ outcome }) => outcome === 'taken'));
  }
  const everything = { key: station, from: 0, to: Number.MAX_SAFE_INTEGER, versions: 'all' } as const;
  const rows = await stores.series.ranges([
    { ...everything, collection: topics.observationsChecked.name },
    { ...everything, collection: topics.aggregates.name },
  ]);
  await stores.close();
  return rows.flat().map(({ series, time, version, value }) => `${series} ${time} ${version} ${Buffer.from(value)}`);
}

test('wherever batches are cut, the same versions are put out', async () => {
  const oneByOne = await historyOf(1);
  assert.ok(oneByOne.length > 40, `${oneByOne.length} versions`);
  assert.deepEqual(await historyOf(7), oneByOne);
  assert.deepEqual(await historyOf(1000), oneByOne);
});
