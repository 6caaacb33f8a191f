import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { toldIncidents } from '../api/told-incidents.ts';
import type { IncidentEvent } from '../domain/incident.ts';
import { incidentIdOf, OUTAGES, outagesStream } from '../processors/incident-opener.ts';
import { incidentRecord, incidentStream } from '../read-models/incident-record.ts';
import { outageTeller } from './outage-teller.ts';

const START = Date.parse('2026-01-15T16:59:00.000Z');
const rule = { joinOutagesFrom: 3, joinOutagesWithinMs: 600_000 };
let stores: Awaited<ReturnType<typeof openEmbeddedStores>>;
/** How often the stream of a day was read whole. */
let reads = 0;

before(async () => {
  stores = await openEmbeddedStores(temporaryFolder(), 'alerting');
  const read = stores.events.read.bind(stores.events);
  stores.events.read = (stream, commandId) => {
    if (stream.startsWith('outages-')) reads++;
    return read(stream, commandId);
  };
});
after(() => stores.close());

/** Some of them before Vietnamese midnight, some behind it. */
const outage = (number: number, standing: 'open' | 'closed') => {
  const station = `st${number}`;
  const episode = `${station}/*/outage/1`;
  const start = START + (number % 3) * 60_000;
  const version = standing === 'open' ? 1 : 2;
  const content = { episode, station, standing, version, summary: '', backfilled: false, nodeAway: false };
  return { type: 'TakeOutage', ...content, start, lateAfterMs: 900_000, incident: incidentIdOf(episode) };
};

it('a thousand stations that stop at once are few versions of one incident, and each day is folded once', async () => {
  const take = toldIncidents(stores.events, rule)[OUTAGES]!;
  const actor = { account: 'alerting', role: 'system' } as const;
  const all = Array.from({ length: 1000 }, (_, number) => number);
  for (const number of all) {
    const command = outage(number, 'open');
    await take(outagesStream(command.start), command, { actor, commandId: `open-${number}`, at: START + number });
  }
  assert.equal(reads, 4, 'the days of both beginnings and those beside');
  const round = outageTeller(stores, rule);
  while (await round());

  const first = incidentIdOf('st0/*/outage/1');
  const commits = async () =>
    (await stores.events.readAll(0, 10_000)).filter(({ streamId }) => streamId.startsWith('incident-'));
  const versions = (await commits()).length;
  assert.ok(versions <= 8, `${versions} versions of incidents`);
  const recordOf = async (id: string) =>
    incidentRecord(id, (await stores.events.read<IncidentEvent>(incidentStream(id))).events);
  const { episodes, state, station } = await recordOf(first);
  assert.deepEqual([episodes.length, state, station], [1000, 'open', null]);

  const closed = outage(7, 'closed');
  await take(outagesStream(closed.start), closed, { actor, commandId: 'closed-7', at: START + 2000 });
  while (await round());
  assert.deepEqual((await recordOf(first)).episodes[7], { episode: 'st7/*/outage/1', state: 'closed' });
});

it('a round that is repeated after a crash tells nothing twice', async () => {
  const before = (await stores.events.readAll(0, 10_000)).length;
  await stores.documents.put({ name: 'outages-told' }, { key: 'outages-', document: { after: 0 } });
  const round = outageTeller(stores, rule);
  while (await round());
  assert.equal((await stores.events.readAll(0, 10_000)).length, before);
});
