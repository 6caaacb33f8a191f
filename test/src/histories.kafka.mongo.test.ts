import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import { simulate } from '@quantrac/simulator';
import { differencesBetween, onServers, temporaryFolder } from '@quantrac/testing';
import { startDrivenNode } from './driven-node.ts';
import { decidedTopics, historiesOver, intakeOf } from './given-intake.ts';
import { HOUR_MS, live, MINUTE_MS, registerLoggers, withBackfill } from './loggers.ts';
import { dice } from './seeded.ts';

/** So long that every fault finds its place; a day ends on the way. */
const HOURS = 26;
const START = Date.UTC(2026, 0, 14, 17);
const times = { start: START, end: START + (HOURS + 2) * HOUR_MS, stepMs: 15 * MINUTE_MS };
const silent = { from: START + 2 * HOUR_MS, to: START + 4 * HOUR_MS, sends: START + 5 * HOUR_MS };

test('one recorded intake, with every fault, late and corrected, gives equal histories on the embedded default and on Kafka and MongoDB', async (t) => {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  const data = temporaryFolder();
  const simulation = simulate({ stations: 6, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
  assert.deepEqual(simulation.describe().leftOut, []);
  const { province, stop } = await startDrivenNode(t, data);
  const deliveries = withBackfill(simulation, silent);
  await live(await registerLoggers(province, simulation), { ...times, deliveries });
  await stop();
  const intake = await intakeOf({ data });

  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const embedded = await historiesOver(t, intake, { data: here });
  const onBoth = await historiesOver(t, intake, { data: there, ...onServers(there) });
  for (const [topic, records] of embedded) t.diagnostic(`${topic}: ${records.length}`);
  assert.deepEqual(differencesBetween(embedded, onBoth, { histories: true }).slice(0, 10), []);
  for (const topic of decidedTopics.filter((one) => one !== topics.reviews))
    assert.ok(embedded.get(topic.name)!.length > 0, `${topic.name} has records`);
});
