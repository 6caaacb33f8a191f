import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@quantrac/event-store';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder, withOwn } from '@quantrac/testing';
import { incidentIdOf, OUTAGES, outagesStream } from '../processors/incident-opener.ts';
import { toldIncidents } from './told-incidents.ts';

const START = Date.parse('2026-01-15T05:00:00.000Z');
const stream = outagesStream(START);
const rule = { joinOutagesFrom: 3, joinOutagesWithinMs: 600_000 };
const actor = { account: 'alerting', role: 'system' } as const;

const outage = (station: string, standing: 'open' | 'withdrawn', version: number) => {
  const episode = `${station}/*/outage/1`;
  const told = { episode, station, standing, version, summary: 'x'.repeat(300), backfilled: false, nodeAway: false };
  return { type: 'TakeOutage', ...told, start: START, lateAfterMs: 900_000, incident: incidentIdOf(episode) };
};

const instanceOver = (events: EventStore) => {
  const take = toldIncidents(events, rule)[OUTAGES]!;
  return (station: string, standing: 'open' | 'withdrawn', version: number) =>
    take(stream, outage(station, standing, version), {
      actor,
      commandId: `${station} ${version}`,
      at: START + version,
    });
};

/** As over a network: a way each, an append that waits for its majority, a stream that takes as long as it is large. */
const remote = (events: EventStore): EventStore =>
  withOwn(events, {
    async read(...asked) {
      const found = await events.read<never>(...asked);
      await sleep(2 + JSON.stringify(found.events).length / 20_000);
      return found;
    },
    async append(...asked) {
      const version = await events.append(...asked);
      await sleep(6);
      return version;
    },
  });

it('an outage that one instance took is withdrawn by another, which had read the day before that', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'alerting');
  t.after(() => stores.close());
  const [one, other] = [instanceOver(stores.events), instanceOver(stores.events)];
  await one('s1', 'open', 1);
  await other('s2', 'open', 1);
  await one('s2', 'withdrawn', 2);
  const { events } = await stores.events.read<{ type: string }>(stream);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['OutageTaken', 'OutageTaken', 'OutageChanged'],
  );
});

it('many outages of one day, which two instances take at the same time, are all taken', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'alerting');
  t.after(() => stores.close());
  const taking = ['a', 'b'].map(async (name) => {
    const take = instanceOver(remote(stores.events));
    for (let number = 0; number < 150; number++) await take(`${name}${number}`, 'open', 1);
  });
  await Promise.all(taking);
  const { events } = await stores.events.read<{ type: string }>(stream);
  assert.equal(events.length, 300);
});
