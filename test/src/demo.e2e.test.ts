import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type AggregateComputed, type TopicDeclaration, topics } from '@quantrac/contracts';
import type { ReceivedRecord } from '@quantrac/event-log';
import { socketPath, storeFile } from '@quantrac/service';
import { simulate } from '@quantrac/simulator';
import { asking } from '@quantrac/standalone/asker';
import { type NodeProcess, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { byTester, eventually, temporaryFolder } from '@quantrac/testing';
import { alterOneSet } from './alter-one-set.ts';
import { anyPorts, type Ended, give, quantrac } from './command.ts';
import { drivenSettings, HOUR_MS, live, registerLoggers } from './loggers.ts';
import { publicRecordsOf } from './public-records.ts';
import { recordCheck } from './validate-records.ts';

interface Fault {
  readonly kind: string;
  readonly stationCode: string;
  readonly expects: string | null;
  readonly found: boolean;
  readonly from: string;
  readonly to: string;
  readonly episodes: readonly { readonly state: string; readonly start: string; readonly end: string | null }[];
  readonly incidents: readonly string[];
  readonly exceedingDays: readonly string[];
}

interface Report extends Readonly<Record<string, unknown>> {
  readonly files: { received: number; accepted: number; held: number; repeated: number };
  readonly readings: { checked: number; suspect: number; failed: number; missing: number };
  readonly incidents: { opened: number; resolved: number };
  readonly episodes: { opened: number };
  readonly replication: { appended: number; acknowledged: number };
  readonly copiesEqual: boolean;
  readonly reconciled: boolean;
  readonly sent: { files: number };
  readonly faults: readonly Fault[];
}

const script = fileURLToPath(new URL('../../scripts/quantrac.mjs', import.meta.url));

/** What no logger causes: a person judges readings, and the ministry decides about a station. */
async function judge(hcm: string, national: string): Promise<void> {
  const records = await publicRecordsOf(hcm);
  const found = records.find(({ topic }) => topic === topics.aggregates.name)!;
  const { station, channel, end } = JSON.parse(Buffer.from(found.value).toString()) as AggregateComputed;
  const review = { station, channels: [channel], from: end, to: end, decision: 'rejected', reason: 'đầu đo bẩn' };
  await asking(hcm, 'quality-control', (peer) => peer.handle('ReviewReadings', review, byTester()));
  const decision = { node: 'hcm', station, state: 'approved', reason: 'checked' };
  await asking(national, 'national-aggregation', (peer) => peer.handle('DecideStation', decision, byTester()));
  await eventually(async () => {
    const types = (await publicRecordsOf(hcm)).map(({ headers }) => headers.ce_type);
    assert.ok(types.includes('ReviewRecorded') && types.includes('DirectiveIssued'));
  });
}

describe('the demo', () => {
  let ended: Ended;
  let report: Report;
  let records: readonly ReceivedRecord[];
  const faults = (kind: string) => report.faults.filter((fault) => fault.kind === kind);

  before(async () => {
    const [file, TMPDIR] = [join(temporaryFolder(), 'report.json'), temporaryFolder()];
    const command = give([script, 'demo', '--report', file], { ...anyPorts, TMPDIR });
    try {
      await command.shows(/the status pages stay up/);
      const [hcm, bacninh, national] = ['hcm', 'bacninh', 'national'].map((node) =>
        join(TMPDIR, readdirSync(TMPDIR)[0]!, node),
      );
      await judge(hcm!, national!);
      records = (await Promise.all([hcm!, bacninh!, national!].map(publicRecordsOf))).flat();
    } finally {
      command.signalGroup('SIGINT');
    }
    ended = await command.ended;
    assert.equal(ended.code, 0, ended.screen + ended.complaints);
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  });

  it('ends well, with both national copies equal and every count as the simulator meant it', () => {
    assert.equal(report.copiesEqual, true);
    assert.equal(report.reconciled, true);
    assert.equal(ended.screen.match(/equal to the node/g)?.length, 2);
    assert.match(ended.screen, /nothing differs/);
  });

  it('has published records of every public type but one, each as its schema in published/ says', () => {
    const types = new Set(records.map(({ topic, headers }) => `${topic} ${headers.ce_type}`));
    const declared = Object.values<TopicDeclaration>(topics)
      .filter((topic) => topic.public)
      .flatMap(({ name, records }) => Object.keys(records).map((type) => `${name} ${type}`));
    const untold = `${topics.nationalIncidents.name} IncidentRecorded`;
    assert.deepEqual([...types].sort(), declared.filter((type) => type !== untold).sort(), 'no node fell silent');
    const wrong = records.flatMap(recordCheck());
    assert.deepEqual(wrong.slice(0, 5), [], `of ${records.length} records`);
  });

  it('has noticed at each station what was wrong there', () => {
    const expected = report.faults.filter(({ expects }) => expects !== null);
    assert.deepEqual(
      expected.filter(({ found }) => !found),
      [],
    );
    assert.equal(expected.length, 2 * 4, 'four kinds at two provinces');
    for (const { from, to, episodes, incidents } of faults('exceedance')) {
      const hours = episodes.map(({ start, end }) => (Date.parse(end!) - Date.parse(start)) / 3_600_000);
      assert.ok(hours.includes((Date.parse(to) - Date.parse(from)) / 3_600_000), `${hours}`);
      assert.ok(incidents.length > 0);
    }
    for (const { exceedingDays } of faults('exceeding-day')) assert.deepEqual(exceedingDays, ['2026-01-15']);
    for (const { episodes } of faults('stuck-sensor')) assert.ok(episodes.every(({ state }) => state === 'closed'));
  });

  it('has withdrawn the outages that the back-fill has disproved', () => {
    for (const { episodes, incidents } of faults('outage')) {
      assert.ok(episodes.some(({ state }) => state === 'withdrawn'));
      assert.ok(episodes.every(({ state }) => state !== 'open'));
      assert.ok(incidents.length > 0);
    }
  });

  it('reports each figure under its whole name and in its group, the same', () => {
    for (const [group, figures] of Object.entries(report))
      if (['files', 'readings', 'incidents', 'episodes', 'replication', 'sent'].includes(group))
        for (const [name, value] of Object.entries(figures as object))
          if (typeof value === 'number') assert.equal(report[`${group}.${name}`], value, `${group}.${name}`);
    assert.equal(report['files.received'], report.files.received);
  });

  it('has received, held, checked, opened and replicated something', () => {
    const { files, readings, incidents, replication, sent } = report;
    const counts = {
      'files.received': files.received,
      'files.held': files.held,
      'readings.checked': readings.checked,
      'incidents.opened': incidents.opened,
      'replication.acknowledged': replication.acknowledged,
    };
    for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `${name} is ${count}`);
    assert.equal(files.received, sent.files);
    assert.equal(files.accepted + files.held + files.repeated, files.received);
  });

  it('says the same on the screen as in its report', () => {
    const { files, readings, episodes, incidents, replication } = report;
    for (const said of [
      `${files.received} received, ${files.accepted} accepted whole, ${files.held} held in whole or part, ${files.repeated} repeats`,
      `${readings.checked} checked: ${readings.suspect} suspect, ${readings.failed} failed, ${readings.missing} missing`,
      `${episodes.opened} opened`,
      `${incidents.opened} opened, ${incidents.resolved} resolved`,
      `${replication.appended} records appended, ${replication.acknowledged} acknowledged`,
    ])
      assert.ok(ended.screen.includes(said), `"${said}" is not on the screen:\n${ended.screen}`);
  });
});

describe('a node beside its national copy', () => {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const startNational = () =>
    startNodeProcess({
      node: 'national',
      data: nationalData,
      national: true,
      settings: { port: null, portalPort: 0, logLevel: 'error' },
    });
  let node: NodeProcess;
  let national: NodeProcess;

  before(async () => {
    national = await startNational();
    const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
    const settings = { ...(await drivenSettings()), portalPort: 0, ministry };
    node = await startNodeProcess({ node: 'hcm', data, settings });
    const start = Date.UTC(2026, 0, 14, 17);
    const simulation = simulate({ stations: 2, hours: 1, start, seed: 1, faults: [] });
    const loggers = await registerLoggers({ ...settings, node: 'hcm', data, peer: node.peer }, simulation);
    await live(loggers, { start, end: start + HOUR_MS, deliveries: simulation.deliveries() });
  });
  after(() => Promise.all([node.stop(), national.stop()]));

  const verified = (wanted: RegExp) =>
    eventually(async () => {
      const ended = await quantrac('verify', '--data', data);
      assert.match(ended.screen, wanted, ended.complaints);
      return ended;
    });

  it('is told to be equal', async () => {
    const { code, screen } = await verified(/equals/);
    assert.equal(screen, 'the national copy equals this node\n');
    assert.equal(code, 0);
  });

  it('refuses a second process on its folder, which leaves it as it is', async () => {
    const { code, complaints, screen } = await quantrac('up', '--data', data);
    assert.equal(code, 1);
    assert.match(complaints, /another process works on .*: stop it first, or choose another --data folder/);
    assert.doesNotMatch(screen, /is up/);
    assert.equal((await verified(/equals/)).code, 0);
  });

  it('is told where one value of the national copy was altered', async () => {
    await national.stop();
    const { station, time } = alterOneSet(storeFile(nationalData, 'national-aggregation'));
    national = await startNational();
    const { code, screen } = await verified(/difference/);
    const hour = `${time.slice(0, 13)}:00:00.000Z`;
    assert.equal(
      screen,
      `other bytes: quantrac.observations.checked.v1 ${station} ${hour} ObservationSetChecked set version 1\n1 differences\n`,
    );
    assert.equal(code, 1);
  });
});
