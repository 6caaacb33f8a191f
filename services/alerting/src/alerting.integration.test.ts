import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EpisodeRecorded, type IncidentRecorded, incidentRecorded, topics } from '@quantrac/contracts';
import { alertingQueries } from '@quantrac/contracts/queries/alerting';
import { isFault } from '@quantrac/event-sourcing';
import { eventually, temporaryFolder } from '@quantrac/testing';
import type { Fed } from '@quantrac/testing/drive-processor';
import { type AlertingNode, startAlertingNode } from './testing/alerting-node.ts';
import {
  advanceRecord,
  at,
  iso,
  limit,
  limitsRecord,
  meanRecord,
  setRecord,
  stationRecord,
} from './testing/scenario.ts';

const HOUR = 3_600_000;
const clock = { now: at('12:00') };
let node: AlertingNode;

/** The same records, of another station. */
const ofStation = (station: string, fed: Fed): Fed => ({
  ...fed,
  key: station,
  data: { ...(fed.data as object), station },
});
const episodes = (args: object = {}) => node.peer.query<EpisodeRecorded>('episodes', args);
const incidents = (args: object = {}) => node.peer.query<IncidentRecorded>('incidents', args);
const refusedAs = (code: string) => (error: unknown) => isFault(error, code);

before(async () => {
  node = await startAlertingNode(temporaryFolder(), () => clock.now);
  const limits = limitsRecord([limit({ channel: 'cod', basis: '1h', upper: '67.5' })]);
  await node.publish(stationRecord(), limits, setRecord(at('07:00'), { cod: '60' }));
  const mean = (index: number, value: string) => meanRecord({ channel: 'cod', end: at('08:00') + index * HOUR, value });
  await node.publish(mean(0, '60'), mean(1, '70'));
  // Topics come in no order among each other: the limits are known once there is an episode.
  await eventually(async () => assert.equal((await episodes({ state: 'open' })).length, 1));
  await node.publish(...['92.1', '60', '70', '60'].map((value, index) => mean(index + 2, value)));
  await eventually(async () => {
    const all = await episodes({ rule: 'exceedance' });
    assert.deepEqual(
      all.map(({ state }) => state),
      ['closed', 'closed'],
    );
  });
  await eventually(async () => assert.equal((await incidents()).length, 2));
});
after(() => node.close());

test('episodes are answered by range, state and rule, and with all their versions', async () => {
  const all = await episodes({ station: 'st1' });
  for (const row of all) alertingQueries.episodes.row.parse(row);
  assert.deepEqual(
    all.map(({ start, end }) => [start, end]),
    [
      [iso('08:00'), iso('10:00')],
      [iso('11:00'), iso('12:00')],
    ],
  );
  assert.deepEqual(await episodes({ from: iso('10:30'), to: iso('11:30') }), all.slice(1));
  assert.deepEqual(await episodes({ from: iso('10:00'), to: iso('11:00') }), all.slice(0, 1));
  assert.deepEqual(await episodes({ state: 'open' }), []);
  assert.deepEqual(await episodes({ rule: 'outage' }), []);
  const versions = await episodes({ station: 'st1', versions: 'all', to: iso('09:00') });
  assert.deepEqual(
    versions.map(({ version, state }) => [version, state]),
    [
      [1, 'open'],
      [2, 'open'],
      [3, 'closed'],
    ],
  );
  await assert.rejects(episodes({ versions: 'all' }), refusedAs('StationMissing'));
});

test('each episode has its incident, which people handle; a comment is not published', async () => {
  const [newest, oldest] = await incidents({ station: 'st1', state: 'open' });
  assert.deepEqual(oldest!.episodes, [{ episode: 'st1/cod/exceedance/1h/1', state: 'closed' }]);
  const { incident } = newest!;
  await node.command('AcknowledgeIncident', { incident });
  await node.command('AssignIncident', { incident, to: 'an' });
  const commandId = 'comment-1';
  for (const _ of [1, 2]) await node.command('CommentIncident', { incident, text: 'called Mr. Bình' }, commandId);
  await node.command('ResolveIncident', { incident, resolution: 'the pump was repaired' });
  await assert.rejects(node.command('AcknowledgeIncident', { incident }), refusedAs('IncidentResolved'));
  await assert.rejects(node.command('AcknowledgeIncident', { incident: 'i-none' }), refusedAs('IncidentUnknown'));

  const [told] = await node.peer.query<IncidentRecorded & { history: { event: string; by: string; data: object }[] }>(
    'incident',
    { incident },
  );
  alertingQueries.incident.row.parse(told);
  assert.deepEqual(
    told!.history.map(({ event, by }) => `${event} ${by}`),
    [
      'IncidentOpened alerting',
      'EpisodeChanged alerting',
      'IncidentAcknowledged officer',
      'IncidentAssigned officer',
      'IncidentCommented officer',
      'IncidentResolved officer',
    ],
  );
  assert.equal(told!.comments, 1);
  const published = await historyOf(topics.incidents.name, incident);
  for (const record of published) incidentRecorded.parse(record);
  assert.deepEqual(
    published.map(({ version }) => version),
    [1, 2, 3, 4, 5, 6],
  );
  assert.ok(!JSON.stringify(published).includes('Bình'));
  await eventually(async () => {
    const [found] = await incidents({ state: 'resolved' });
    assert.equal(found?.resolution, 'the pump was repaired');
  });
});

test('a late hour that merges two episodes withdraws one and its incident', async () => {
  await node.publish(meanRecord({ channel: 'cod', end: at('11:00'), value: '80', version: 2, state: 'amended' }));
  await eventually(async () => {
    const all = await episodes({ rule: 'exceedance' });
    assert.deepEqual(
      all.map(({ start, end, ordinal }) => [ordinal, start, end]),
      [[1, iso('08:00'), iso('12:00')]],
    );
  });
  const [withdrawn] = await episodes({ state: 'withdrawn' });
  assert.match(withdrawn!.explanation, /merged into st1\/cod\/exceedance\/1h\/1/);
  await eventually(async () => {
    const [resolved] = (await incidents()).filter(({ episodes: own }) => own[0]!.episode === withdrawn!.episode);
    assert.equal(resolved!.episodes[0]!.state, 'withdrawn');
  });
});

test('outages of three stations that begin together are one incident', async () => {
  for (const station of ['a', 'b', 'c', 'd'])
    await node.publish(
      ofStation(station, stationRecord()),
      ofStation(station, setRecord(at('09:00'), { cod: '1' })),
      ofStation(station, advanceRecord(at('09:30'))),
    );
  await eventually(async () => {
    const open = (await incidents({ state: 'open' })).filter(({ rule }) => rule === 'outage');
    assert.equal(open.length, 1);
    assert.equal(open[0]!.station, null);
    assert.equal(open[0]!.episodes.length, 4);
    assert.deepEqual(await incidents({ station: 'd', state: 'open' }), open);
    const joined = (await incidents({ state: 'resolved' })).filter(({ rule }) => rule === 'outage');
    for (const { resolution } of joined) assert.equal(resolution, `joined into ${open[0]!.incident}`);
    assert.ok(joined.length <= 2);
  });
});

test('mails are asked for, and stay to be seen where no mail server is set', async () => {
  const all = await node.peer.query<{ incident: string; state: string; live: boolean }>('notifications', {});
  for (const row of all) alertingQueries.notifications.row.parse(row);
  const asked = new Set(all.map(({ incident }) => incident));
  for (const { incident, resolution } of await incidents())
    assert.ok(asked.has(incident) || resolution?.startsWith('joined into '), `${incident} asks for no mail`);
  assert.ok(all.every(({ state }) => state === 'requested'));
});

test('a limit that comes to hold for a past of many weeks is applied to all of it', async () => {
  const day = 24 * HOUR;
  const past = Array.from({ length: 5 }, (_, index) =>
    meanRecord({ channel: 'cod', end: at('08:00') + index * 9 * day, value: '70' }),
  );
  await node.publish(...[stationRecord(), ...past].map((record) => ofStation('e', record)));
  const later = setRecord(at('08:00') + 50 * day, { cod: '1' });
  await node.publish(ofStation('e', later));
  await node.publish(ofStation('e', limitsRecord([limit({ channel: 'cod', basis: '1h', upper: '67.5' })])));
  await eventually(async () => assert.equal((await episodes({ station: 'e', rule: 'exceedance' })).length, 5));
});

async function historyOf(topic: string, key: string): Promise<IncidentRecorded[]> {
  const records: IncidentRecorded[] = [];
  for await (const page of node.peer.history(topic, key))
    for (const { value } of page) records.push(JSON.parse(Buffer.from(value).toString('utf8')));
  return records;
}
