import assert from 'node:assert/strict';
import { it } from 'node:test';
import { topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import { openEmbeddedStores } from '@quantrac/service';
import { messageOf, portsStepStore, Step } from '@quantrac/stream-processing';
import { temporaryFolder } from '@quantrac/testing';
import { boundedDocuments } from '@quantrac/testing/document-bound';
import { aChannel, anAdvance, aReading, aSet, at, HOUR_MS, MINUTE_MS, stationRecord } from '../testing/builders.ts';
import { numbered } from '../testing/stored-station.ts';
import { qualityControl } from './quality-control.ts';

const SETS = 1000;
const names = Array.from({ length: 16 }, (_, index) => `channel-${index}`);
const channels = names.map((name, index) => aChannel(name, { unit: 'ug/m3' }, index % 2 ? 'SO2' : 'NO2'));
const readings = names.map((channel) => aReading('12.5', { channel, unit: 'ug/m3' }));
const received = topics.observationsReceived.name;

it('a thousand back-filled sets of sixteen channels are taken as one batch where a cell with its effects is one document', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'quality-control');
  t.after(() => stores.close());
  const step = new Step({
    processor: qualityControl({ dataCapturePercent: 75 }),
    store: portsStepStore({ ...stores, documents: boundedDocuments(stores.documents) }),
    node: 'node1',
    epoch: () => 1,
    topics: [topics.observationsChecked, topics.aggregates, topics.rechecks],
  });
  const from = at('00:00', '2026-01-10');
  const end = from + 100 * HOUR_MS;
  const knownAt = toInstant(end + HOUR_MS);
  const told = numbered([
    { topic: topics.stations.name, type: 'StationRecorded', data: stationRecord({ kind: 'ambient-air', channels }) },
    { topic: received, type: 'ObservationSetReceived', data: aSet(from, readings) },
    { topic: received, type: 'ObservationSetReceived', data: aSet(end, readings) },
    { topic: received, type: 'IntakeAdvanced', data: anAdvance(end) },
    ...Array.from({ length: SETS }, (_, index) => ({
      topic: received,
      type: 'ObservationSetReceived',
      data: aSet(from + (index + 1) * 5 * MINUTE_MS, readings, { knownAt }),
    })),
  ]);
  const backfilled = told.splice(4);
  await step.take(told);
  for (let own = 0; ; ) {
    const { records } = await stores.log.read(topics.rechecks, {}, 1e6);
    if (records.length === own) break;
    await step.take(records.slice(own).map((record) => messageOf(topics.rechecks.name, record)));
    own = records.length;
  }
  const taken = await step.take(backfilled);
  assert.deepEqual(new Set(taken.map(({ outcome }) => outcome)), new Set(['taken']));
});
