import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type StationRecorded, sequenceOf, toEntry, topics } from '@quantrac/contracts';
import { openEmbeddedStores, storeFile } from '@quantrac/service';
import { type NodeProcess, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { eventually, stationFile, stationFileName, temporaryFolder } from '@quantrac/testing';
import { alterOneSet } from './alter-one-set.ts';
import { giveQuantrac, quantrac } from './command.ts';
import { drivenSettings, moveClock } from './loggers.ts';

interface Counts {
  readonly received: number;
  readonly accepted: number;
  readonly held: number;
}

describe('at the command line of a node whose clock is driven', () => {
  const data = temporaryFolder();
  let node: NodeProcess;
  const counts = async () => (await node.peer('ingestion').query<Counts>('intakeCounts', {}))[0]!;
  const simulate = (seed: number) =>
    quantrac('simulate', '--data', data, '--stations', '3', '--hours', '1', '--faults', 'none', '--seed', `${seed}`);

  /** What stands beside the corrections of a station's clock. */
  async function corrections(station: string) {
    const { events, close } = await openEmbeddedStores(data, 'station-registry');
    const commits = await events.readAll<{ type: string }>(0, 1000);
    await close();
    const ofClock = commits.filter(
      (commit) =>
        commit.streamId === `station-${station}` && commit.events.some(({ type }) => type === 'StationClockCorrected'),
    );
    assert.equal(ofClock.length, 2);
    return ofClock.map(({ metadata }) => metadata);
  }

  before(async () => {
    node = await startNodeProcess({ node: 'driven', data, settings: { ...(await drivenSettings()), portalPort: 0 } });
  });
  after(() => node.stop());

  it('simulate goes on from where the clock stands, with stations of its seed, and nothing is held', async () => {
    let received = 0;
    for (const [seed, stations] of [
      [1, 3],
      [2, 6],
      [1, 6],
    ] as const) {
      const { code, screen, complaints } = await simulate(seed);
      assert.equal(code, 0, complaints);
      const [, files] = /^(\d+) files sent: .* 0 refused$/m.exec(screen)!;
      received += Number(files);
      assert.deepEqual(await counts(), { ...(await counts()), received, accepted: received, held: 0 });
      assert.equal((await node.peer('station-registry').query('stations', {})).length, stations);
    }
  });

  it('simulate refuses a fault that nobody knows, by name', async () => {
    const { code, complaints } = await quantrac('simulate', '--data', data, '--faults', 'spike,flood');
    assert.equal(code, 1);
    assert.match(complaints, /^no fault is called flood: choose from spike, /);
  });

  it('stations that were exported are unchanged when they are imported, and each fault is told by its line', async () => {
    const file = join(data, 'stations.csv');
    assert.equal((await quantrac('stations', 'export', file, '--data', data)).code, 0);
    const again = await quantrac('stations', 'import', file, '--data', data);
    assert.deepEqual([again.code, again.screen], [0, '0 registered, 0 changed, 6 unchanged, 0 faults\n']);

    const [heading, first, second, ...rest] = readFileSync(file, 'utf8').split('\r\n');
    const kind = heading!
      .replace(/^\uFEFF/, '')
      .split(';')
      .indexOf('kind');
    const bad = [first, second].map((line, at) =>
      line!
        .split(';')
        .map((cell, index) => (index === kind ? `cave${at}` : cell))
        .join(';'),
    );
    writeFileSync(file, [heading, ...bad, ...rest].join('\r\n'));
    const { code, screen } = await quantrac('stations', 'import', file, '--dry-run', '--data', data);
    assert.equal(code, 1);
    for (const line of [2, 3]) assert.match(screen, new RegExp(`^line ${line}, kind: `, 'm'));
    assert.match(screen, /would be registered, .* [1-9]\d* faults$/m);
  });

  it('stations correct-clock is told with its reason, recorded with who commanded it, shown with what was said before, and refused where it cannot be', async () => {
    const registry = node.peer('station-registry');
    const { station } = (await registry.query<StationRecorded>('stations', {})).at(-1)!;
    const correct = (...said: string[]) => quantrac('stations', 'correct-clock', ...said, '--data', data);
    const why = ['--reason', 'giờ UTC'];
    const said = await correct(station, '--add', '-15m', '--from', 'always', ...why);
    assert.equal(said.code, 0, said.complaints);
    const { screen } = await correct(station, '--add', '0', '--from', '2026-01-15T08:30+07:00', ...why);
    const line = (from: string, seconds: number) =>
      `${station}, files that arrive from ${from} on: ${seconds} s are added\n`;
    assert.equal(screen, line('ever', -900) + line('2026-01-15T01:30:00.000Z', 0));
    const told = await registry.query<{ event: string; data: object }>('stationHistory', { station });
    const [first] = told.filter(({ event }) => event === 'StationClockCorrected');
    assert.partialDeepStrictEqual(first, { data: { offsetMs: -900_000, from: null, reason: 'giờ UTC' } });
    const commanded = { account: `os:${userInfo().username}`, role: 'server-operator', from: 'command line' };
    for (const metadata of await corrections(station)) assert.partialDeepStrictEqual(metadata, commanded);
    const unknown = await correct('nobody', '--add', '7h', '--from', 'always', ...why);
    assert.deepEqual([unknown.code, unknown.complaints.includes('register it first')], [1, true]);
    for (const add of ['7', '7d', ''])
      assert.match((await correct(station, `--add=${add}`)).complaints, /7h, -15m, 90s/);
  });

  it('intake says what is held and whose it may be, and takes it in', async () => {
    const [station] = await node
      .peer('station-registry')
      .query<{ station: string; name: string; prefixes: string[] }>('stations', {});
    const [known] = await node.peer('ingestion').query<{ at: string }>('known', {});
    const prefix = `${station!.prefixes[0]}x`;
    for (const minutes of [10, 5]) {
      const time = Date.parse(known!.at) - minutes * 60_000;
      const file = stationFile(time, [{ symbol: 'pH', value: '7.2' }]);
      writeFileSync(join(data, 'inbox', stationFileName(prefix, time)), file);
    }
    await moveClock(node, Date.parse(known!.at) + 60_000);
    const before = await counts();
    await eventually(async () => assert.equal((await counts()).held, 2));

    const list = async () => (await quantrac('intake', 'list', '--data', data)).screen;
    const listed = await list();
    assert.match(listed, new RegExp(`StationUnknown: no station matches "${prefix}"`, 'i'));
    const like = `^unknown sender "${prefix}": 2 files; like ".*" of ${station!.station} ${station!.name}$`;
    assert.match(listed, new RegExp(like, 'mi'));
    assert.match(listed, /^2 held$/m);

    const again = await quantrac('intake', 'reprocess', '--data', data);
    assert.equal(again.screen, '2 read again, 0 released\n');
    const [held] = /^\S+(?= {2}\S)/m.exec(listed)!;
    const assigned = await quantrac('intake', 'assign', held, station!.station, '--data', data);
    assert.equal(assigned.code, 0, assigned.complaints);
    assert.match(assigned.screen, new RegExp(`^${held}: (released|held)\n$`));
    const wrong = await quantrac('intake', 'assign', 'nothing', station!.station, '--data', data);
    assert.deepEqual([wrong.code, wrong.complaints], [1, 'no file is held as nothing: list what is held\n']);
    assert.equal(before.received + 2, (await counts()).received);
  });

  it('rejected says what a group could not read and why, and hands it to that group again', async () => {
    const rejected = (...said: string[]) => quantrac('rejected', ...said, '--data', data);
    assert.equal((await rejected('list')).screen, 'nothing is set aside\n');
    const { log, close } = await openEmbeddedStores(data, 'ingestion');
    const envelope = { key: 's9', type: 'ObservationSetReceived', sequence: sequenceOf(1, 1, 0), knownAt: 0 };
    const garbage = toEntry(topics.observationsReceived.name, { ...envelope, source: 'urn:tests' }, Buffer.from('{'));
    await log.publish(topics.observationsReceived, [garbage]);
    await close();
    const list = async () => (await rejected('list', '--group', 'quality-control')).screen;
    await eventually(async () => assert.match(await list(), /^1 set aside, 1 not replayed$/m), { withinMs: 20_000 });
    const listed = await list();
    const head = new RegExp(
      `^(\\w+)  quality-control: ${topics.observationsReceived.name} s9 ${envelope.sequence} at \\S+, 1 bytes$`,
      'm',
    );
    const [, id] = head.exec(listed)!;
    assert.match(listed, /^ {4}RecordUnreadable: .*JSON/m);
    const replayed = await rejected('replay', 'quality-control', id!);
    assert.deepEqual([replayed.code, replayed.screen], [0, '1 replayed, 0 had been before\n']);
    await eventually(async () => assert.match(await list(), /^2 set aside, 1 not replayed$/m), { withinMs: 20_000 });
    assert.match(await list(), /replayed since\n.*\n.*\n.*after a replay$/m);
    assert.equal((await rejected('replay', 'quality-control', '--all')).screen, '1 replayed, 0 had been before\n');
    for (const [said, complaint] of [
      [['quality-control'], /name records by their ids, or all/],
      [['quality-control', 'nothing'], /quality-control has not set aside nothing/],
      [['nobody', '--all'], /no group is called nobody/],
      [['ministry-sync', 'x'], /ministry-sync takes records in the order of their sequences alone/],
    ] as const) {
      const { code, complaints } = await rejected('replay', ...said);
      assert.equal(code, 1);
      assert.match(complaints, complaint);
    }
  });
});

describe('what needs no node', () => {
  it('topics lists the catalogue, for people and as one object a line', async () => {
    const names = Object.values(topics).map(({ name }) => name);
    const { code, screen } = await quantrac('topics');
    assert.equal(code, 0);
    for (const name of names) assert.match(screen, new RegExp(`^${name}$`, 'm'));
    const lines = (await quantrac('topics', '--json')).screen.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { name: string }).name),
      names,
    );
  });

  it('--help says what every command is for, and an unknown command is refused', async () => {
    const { code, screen } = await quantrac('--help');
    assert.equal(code, 0);
    for (const command of ['up', 'demo', 'simulate', 'verify', 'stations', 'intake', 'rejected', 'topics'])
      assert.match(screen, new RegExp(`^ +${command}\\b.* {2}\\w`, 'm'));
    const unknown = await quantrac('fly');
    assert.equal(unknown.code, 1);
    assert.match(unknown.complaints, /unknown command 'fly'/);
  });
});

describe('a demo', () => {
  const small = ['demo', '--stations', '4', '--hours', '1'];

  it('keeps its status pages up until Ctrl-C, with what the day has brought', async (t) => {
    const command = giveQuantrac(small);
    t.after(() => command.process.kill('SIGKILL'));
    await command.shows(/the status pages stay up: Ctrl-C ends/);
    const pages = command.screen().match(/http:\S+/g)!;
    assert.equal(pages.length, 3);
    for (const page of pages) assert.match(await (await fetch(page)).text(), /<title>Quantrac/);
    const status = await fetch(new URL('/api/v1/status', pages[1]));
    const { sections } = (await status.json()) as { sections: Record<string, Record<string, number>> };
    for (const [section, name] of [
      ['stations', 'operating'],
      ['files', 'received'],
      ['readings', 'pass'],
      ['hourly-means', 'with-mean'],
      ['replication', 'acknowledged'],
    ] as const)
      assert.ok(sections[section]![name]! > 0, `${section}.${name}`);
    command.signalGroup('SIGINT');
    assert.equal((await command.ended).code, 0);
  });

  it('--once exits 1 when a copy differs, and says where', async (t) => {
    const folder = temporaryFolder();
    const command = giveQuantrac([...small, '--once'], { TMPDIR: folder });
    t.after(() => command.process.kill('SIGKILL'));
    await eventually(
      () => alterOneSet(storeFile(join(folder, readdirSync(folder)[0]!, 'national'), 'national-aggregation')),
      { withinMs: 60_000, everyMs: 100 },
    );
    const { code, screen } = await command.ended;
    assert.equal(code, 1, screen);
    assert.match(screen, /^copy of \w+: 1 differences$/m);
    assert.match(screen, /^something differs/m);
  });
});
