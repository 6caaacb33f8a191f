import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { socketPath } from '@quantrac/service';
import { simulate } from '@quantrac/simulator';
import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import {
  differencesBetween,
  eventually,
  onServers,
  type ResultDifference,
  resultsOf,
  temporaryFolder,
} from '@quantrac/testing';
import { drivenSettings, HOUR_MS, live, type Province, registerLoggers } from './loggers.ts';
import type { Settings } from './provinces.ts';
import { dice } from './seeded.ts';

const HOURS = 24;
const START = Date.UTC(2026, 0, 14, 17);
/** Two hours beyond what the loggers send, so that the last means close. */
const times = { start: START, end: START + (HOURS + 2) * HOUR_MS, stepMs: HOUR_MS / 4 };
const patience = { withinMs: 120_000, everyMs: 1000 };

test('a day with every fault has the same results and incidents on Kafka and MongoDB as on the embedded default', async (t) => {
  const { seed } = dice();
  t.diagnostic(`QUANTRAC_SEED=${seed}`);
  const simulation = simulate({ stations: 4, hours: HOURS, seed, start: START, provinces: ['HCM'] });
  const provinces = await Promise.all([startProvince(t, onServers), startProvince(t, () => ({}))]);
  await Promise.all(
    provinces.map(async (province) => {
      const loggers = await registerLoggers(province, simulation);
      await live(loggers, { ...times, deliveries: simulation.deliveries() });
    }),
  );
  const [onBoth, embedded] = provinces as [Province, Province];
  await eventually(async () => {
    const [here, there] = [await resultsOf(onBoth.peer), await resultsOf(embedded.peer)];
    assert.deepEqual(differencesBetween(here, there, { incidents: true }).filter(isOfTheDay).slice(0, 10), []);
  }, patience);
  for (const { peer } of provinces)
    await eventually(async () => assert.deepEqual(await peer('ministry-sync').query('compare', {}), []), patience);
});

/** Each province was registered by a clock of its own, after the day that it lives through: what is known only since then differs by that. */
function isOfTheDay({ fields }: ResultDifference): boolean {
  const isLater = (value: unknown) => Date.parse(String(value)) > times.end;
  return fields.length === 0 || fields.some(({ here, there }) => !isLater(here) || !isLater(there));
}

/** A province in one process and the national tier that it replicates to. */
async function startProvince(t: TestContext, storesOf: (data: string) => Settings): Promise<Province> {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const quiet = { port: null, portalPort: 0, logLevel: 'error' };
  const national = await startNodeProcess({
    node: 'national',
    data: nationalData,
    national: true,
    settings: { ...quiet, ...storesOf(nationalData) },
  });
  t.after(() => national.stop());
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  const settings = { ...(await drivenSettings()), portalPort: 0, ministry, ...storesOf(data) };
  const node = await startNodeProcess({ node: 'hcm', data, settings });
  t.after(() => node.stop());
  return { node: 'hcm', data, peer: node.peer, httpPort: settings.httpPort, ftpPort: settings.ftpPort };
}
