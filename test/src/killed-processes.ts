import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@quantrac/contracts';
import { simulate } from '@quantrac/simulator';
import { differencesBetween, eventually, resultsOf } from '@quantrac/testing';
import { HOUR_MS, live, type Province, registerLoggers, stepsOf, withBackfill } from './loggers.ts';
import { type ApartOptions, type Restartable, startApart, startWhole } from './provinces.ts';
import { type Dice, dice } from './seeded.ts';

const HOURS = 6;
const START = Date.UTC(2026, 0, 14, 17);
/** An hour beyond what the loggers send, so that the last means close. */
const times = { start: START, end: START + (HOURS + 1) * HOUR_MS };
const silent = { from: START + 2 * HOUR_MS, to: START + 4 * HOUR_MS, sends: START + 5 * HOUR_MS };
/** How long a node may need until its results have gone all their way. */
const patience = { withinMs: 60_000, everyMs: 1000 };

/**
 * A province of separate processes, each killed or told to end once while files come in, and started again, comes to the result of one
 * process on the embedded default that nobody ends; and both ministries' copies are equal to their nodes.
 */
export async function assertEndsChangeNothing(t: TestContext, options: ApartOptions = {}): Promise<void> {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  const simulation = simulate({ stations: 6, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
  const { province: apart, processes } = await startApart(t, options);
  const { province: whole } = await startWhole(t);

  const killed: Promise<void>[] = [];
  const kills = killsByStep(processes, chance);
  const liveThrough = async (province: Province, onStep?: (step: number) => void) => {
    const loggers = await registerLoggers(province, simulation);
    await live(loggers, { ...times, deliveries: withBackfill(simulation, silent), ...(onStep && { onStep }) });
  };
  await Promise.all([
    liveThrough(whole),
    liveThrough(apart, (step) => {
      for (const { restart } of kills.get(step) ?? []) killed.push(sleep(chance.below(100)).then(restart));
    }),
  ]);
  await Promise.all(killed);
  assert.equal(killed.length, processes.length);

  await eventually(async () => {
    const [here, there] = [await resultsOf(apart.peer), await resultsOf(whole.peer)];
    assert.deepEqual(differencesBetween(here, there), []);
    for (const topic of [topics.observationsChecked, topics.aggregates, topics.intakeHeld, topics.episodes])
      assert.ok(here.get(topic.name)!.length > 0, `${topic.name} has records`);
  }, patience);
  for (const { peer } of [apart, whole])
    await eventually(async () => assert.deepEqual(await peer('ministry-sync').query('compare', {}), []), patience);
}

function killsByStep(restarts: readonly Restartable[], { below }: Dice): ReadonlyMap<number, readonly Restartable[]> {
  return Map.groupBy(restarts, () => 1 + below(stepsOf(times) - 12));
}
