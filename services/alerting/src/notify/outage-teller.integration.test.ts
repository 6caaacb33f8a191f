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
  assert.equal(reads, 2, 'the days of both beginnings');
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

it('what was taken in another order, in other rounds, also by a teller that dies in them, ends as equal incidents', async () => {
  const cadences = [65, 15, 15, 15, 15, 20];
  const starts = [0, 2, 14, 18, 19, 20];
  const taken = starts.map((minute, number) => ({ ...outage(number, 'open'), start: START + minute * 60_000, number }));
  const live = async (order: readonly number[], roundEvery: number, dies = false) => {
    const own = await openEmbeddedStores(temporaryFolder(), 'alerting');
    const put = own.documents.put.bind(own.documents);
    let ends = 0;
    own.documents.put = async (collection, one) => {
      if (dies && !JSON.stringify(one.document).includes('upTo') && ends++ % 2 === 0) throw new Error('died');
      return put(collection, one);
    };
    const take = toldIncidents(own.events, rule)[OUTAGES]!;
    const round = outageTeller(own, rule);
    for (const [step, number] of order.entries()) {
      const { number: _, ...content } = taken[number]!;
      const command = { ...content, lateAfterMs: cadences[number]! * 60_000, summary: `of ${number}` };
      const context = { actor: { account: 'alerting', role: 'system' } as const, commandId: String(number) };
      await take(outagesStream(command.start), command, { ...context, at: START + number });
      if (step % roundEvery === 0) await round().catch(() => {});
    }
    while (await round().catch(() => true));
    const streams = Map.groupBy(await own.events.readAll<IncidentEvent>(0, 10_000), ({ streamId }) => streamId);
    await own.close();
    const records = [...streams]
      .filter(([streamId]) => streamId.startsWith('incident-'))
      .map(([streamId, commits]) =>
        incidentRecord(
          streamId,
          commits.flatMap(({ events }) => events),
        ),
      )
      .filter(({ resolution }) => !resolution?.startsWith('joined into '));
    return records
      .map(({ station, state, openedAt, summary, episodes }) => ({
        about: episodes.map(({ episode }) => episode).sort(),
        content: { station, state, openedAt, summary },
      }))
      .sort((a, b) => (a.about < b.about ? -1 : 1));
  };
  const inOrder = await live([0, 1, 2, 3, 4, 5], 1);
  assert.deepEqual(
    inOrder.map(({ about }) => about.length),
    [3, 3],
  );
  const orders = [
    [5, 4, 3, 2, 1, 0],
    [2, 3, 4, 0, 5, 1],
    [4, 3, 5, 2, 0, 1],
    [1, 3, 5, 0, 2, 4],
  ];
  for (const order of orders) {
    assert.deepEqual(await live(order, 1), inOrder, `${order}`);
    assert.deepEqual(await live(order, 2, true), inOrder, `${order}, dying`);
  }
});
