import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type StationRecorded, stationRecorded, topics } from '@quantrac/contracts';
import type { StationsImported } from '@quantrac/contracts/commands/station-registry';
import { stationRegistryQueries } from '@quantrac/contracts/queries/station-registry';
import type { Commit } from '@quantrac/event-store';
import { connectPeer, host, socketPath } from '@quantrac/service';
import { byTester } from '@quantrac/testing';
import { driveProcessor } from '@quantrac/testing/drive-processor';
import { approvals } from './processors/approvals.ts';
import { stationRegistryService } from './station-registry.service.ts';
import { day, type OpenedRegistry, openRegistry, temporaryFolder } from './testing/open-registry.ts';

const hourMs = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const settings = {
  from: null,
  names: ['COD'],
  unit: 'mg/l',
  stamp: 'end',
  statistic: 'mean',
  intervalMs: 300_000,
  deliveryMs: 300_000,
};

const open = async (test: TestContext) => openRegistry(test, await temporaryFolder(test));

/** Two stations, one of them with everything. */
const register = async ({ ask }: OpenedRegistry) => {
  const { station } = await ask<{ station: string }>('RegisterStation', {
    kind: 'wastewater',
    name: 'Trạm nước thải 1',
    lifecycle: 'operating',
    provinces: [{ province: '79', from: null }],
    prefixes: ['HCM_ABC_NT01'],
    folder: { code: 'NT01', layout: 3 },
    aliases: [{ system: 'ministry', code: '7' }],
  });
  await ask('AddChannel', { station, channel: 'cod', parameter: 'COD', settings }, { at: day + hourMs });
  await ask('InstallInstrument', { station, channel: 'cod', instrument: 'i1', from: null, brand: 'Hach' });
  await ask('RegisterStation', { station: 'zair', kind: 'ambient-air', name: 'Trạm khí' });
  return station;
};

describe('the station registry', () => {
  it('makes an opaque id, the same one for the same command', async (test) => {
    const { ask } = await open(test);
    const data = { kind: 'stack', name: 'Ống khói' };
    const first = await ask<{ station: string }>('RegisterStation', data, { id: 'c1' });
    assert.match(first.station, /^s[a-z2-7]{12}$/);
    assert.deepEqual(await ask('RegisterStation', data, { id: 'c1' }), first);
    assert.notDeepEqual(await ask('RegisterStation', data, { id: 'c2' }), first);
  });

  it('registers a hundred stations that are asked for at once over gRPC', async (test) => {
    const settings = { data: await temporaryFolder(test), logLevel: 'silent' } as const;
    const hosted = await host({ name: 'station-registry', make: stationRegistryService, settings });
    const peer = connectPeer(`unix:${socketPath(settings.data, 'station-registry')}`);
    const names = Array.from({ length: 100 }, (_, number) => `HCM_${String(number).padStart(3, '0')}`);
    try {
      const asked = names.map((name) =>
        peer.handle<{ station: string }>('RegisterStation', { kind: 'stack', name, prefixes: [name] }, byTester()),
      );
      const ids = (await Promise.all(asked)).map(({ station }) => station);
      const stood = await peer.query<StationRecorded>('stations', {});
      assert.deepEqual(
        new Map(stood.map(({ station, name, prefixes }) => [station, [name, ...prefixes]])),
        new Map(ids.map((station, number) => [station, [names[number], names[number]]])),
      );
      assert.equal(stood.length, names.length);
    } finally {
      peer.close();
      await hosted.stop();
    }
  });

  it('answers stations as the contract says, by id, kind and stage', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const { query } = registry;
    const all = await query<StationRecorded>('stations');
    assert.deepEqual(
      all.map((each) => stationRecorded.parse(each)),
      all,
    );
    assert.deepEqual(
      all.map((each) => each.station),
      [station, 'zair'],
    );
    assert.deepEqual(await query('stations', { kind: 'wastewater' }), [all[0]]);
    assert.deepEqual(await query('stations', { lifecycle: 'planned' }), [all[1]]);
    assert.deepEqual(await query('stations', { after: station }), [all[1]]);
    assert.deepEqual(await query('stations', { limit: 1 }), [all[0]]);
    assert.deepEqual(await query('stations', { station: 'nobody' }), []);
  });

  it('answers what was known at an instant', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const asOf = async (at: number) =>
      (await registry.query<StationRecorded>('stations', { station, asOf: iso(at) })).map(({ channels, version }) => [
        channels.length,
        version,
      ]);
    assert.deepEqual(await asOf(day - 1), []);
    assert.deepEqual(await asOf(day), [[0, 2]]);
    assert.deepEqual(await asOf(day + hourMs), [[1, 4]]);
  });

  it('relays each commit of a station as the record that the query answers', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const [relay] = registry.definition.relays;
    const commits = (await registry.events.readAll(0, 1000)).filter(
      ({ streamId }) => streamId === `station-${station}`,
    );
    const last = commits.at(-1) as Commit<unknown>;
    const { events, version } = await registry.events.read(last.streamId);
    const told = relay?.record({ streamId: last.streamId, events, version, metadata: last.metadata });
    const [answered] = await registry.query('stations', { station });
    assert.deepEqual(told, { key: station, type: 'StationRecorded', knownAt: day + hourMs, data: answered });
    assert.deepEqual(last.metadata, {
      account: 'ha',
      role: 'department',
      at: iso(day),
      cause: `command:${last.commandId}`,
    });
  });

  it('tells what happened to a station, with its reasons', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    await registry.ask('ChangeLifecycle', { station, to: 'suspended', from: iso(day), reason: 'lũ lụt' });
    const history = await registry.query<{ version: number; event: string; data: object }>('stationHistory', {
      station,
      after: 3,
    });
    assert.deepEqual(
      history.map((row) => stationRegistryQueries.stationHistory.row.parse(row)),
      history,
    );
    assert.deepEqual(
      history.map(({ version, event }) => [version, event]),
      [
        [4, 'InstrumentInstalled'],
        [5, 'StationLifecycleChanged'],
      ],
    );
    assert.deepEqual(history[1]?.data, { to: 'suspended', from: iso(day), reason: 'lũ lụt' });
  });

  it('declares a period under the name of who declares it', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const declaration = { kind: 'power-cut', from: iso(day), to: iso(day + hourMs), expected: false, reason: 'EVN' };
    const { period } = await registry.ask<{ period: string }>('DeclarePeriod', { station, ...declaration });
    await registry.ask('AcceptPeriod', { station, period });
    const [record] = await registry.query<StationRecorded>('stations', { station });
    assert.deepEqual(record?.declaredPeriods, [{ ...declaration, period, by: 'ha', accepted: true }]);
  });

  it('takes approvals from directives, and is not stopped by one about a station it does not have', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const directive = (over: object) => ({
      topic: topics.directives,
      key: 'n1',
      type: 'DirectiveIssued',
      knownAt: day,
      data: { directive: 'd1', node: 'n1', number: 1, kind: 'station-approved', station, reason: '', by: 'm', ...over },
    });
    const driven = driveProcessor(approvals);
    driven.take(directive({ kind: 'correction-requested' }));
    driven.take(directive({ station: 'ghost' }));
    driven.take(directive({}));
    const context = { actor: { account: 'station-registry', role: 'system' }, at: day } as const;
    for (const { aggregate, streamId, command } of driven.commands)
      await registry.definition.aggregates?.[aggregate]?.(streamId, command, { ...context, commandId: streamId });
    const [record] = await registry.query<StationRecorded>('stations', { station });
    assert.deepEqual([record?.approval, record?.cause], [{ state: 'approved' }, 'directive:d1']);
  });
});

describe('importing and exporting stations', () => {
  const csv = [
    'name;kind;lifecycle;prefixes;accounts;channel;parameter;interval_s',
    'Trạm 1;wastewater;operating;HCM_1;kcn;cod;COD;300',
    'Trạm 1;wastewater;operating;HCM_1;kcn;tss;TSS;300',
    'Trạm 2;wastewater;operating;HCM_2;;cod;COD;soon',
  ].join('\n');
  const csvOf = async ({ query }: OpenedRegistry) =>
    (await query<{ text: string }>('exportStations')).map(({ text }) => text).join('');

  it('says in a dry run what an import does, and writes nothing', async (test) => {
    const registry = await open(test);
    const { ask, query } = registry;
    await ask('RegisterUploadAccount', { account: 'kcn', name: 'KCN', password: 'password' });
    const planned = await ask<StationsImported>('ImportStations', { csv, dryRun: true });
    assert.deepEqual(
      planned.faults.map(({ line, column }) => [line, column]),
      [[4, 'interval_s']],
    );
    assert.deepEqual(await query('stations'), []);
    assert.deepEqual(await ask('ImportStations', { csv }), planned);
    const [record] = await query<StationRecorded>('stations');
    assert.deepEqual(
      [record?.station, record?.prefixes, record?.accounts],
      [planned.registered[0], ['HCM_1'], ['kcn']],
    );
    const again = await ask<StationsImported>('ImportStations', { csv });
    assert.deepEqual([again.registered, again.changed, again.unchanged], [[], [], planned.registered]);
  });

  it('commits a station whole', async (test) => {
    const registry = await open(test);
    await registry.ask('RegisterUploadAccount', { account: 'kcn', name: 'KCN', password: 'password' });
    const { registered } = await registry.ask<StationsImported>('ImportStations', { csv });
    const commits = await registry.events.readAll(0, 1000);
    assert.equal(commits.filter(({ streamId }) => streamId === `station-${registered[0]}`).length, 1);
  });

  it('exports what it registered, and imports that without a change', async (test) => {
    const registry = await open(test);
    const station = await register(registry);
    const events = await registry.events.readAll(0, 1000);
    const imported = await registry.ask<StationsImported>('ImportStations', { csv: await csvOf(registry) });
    assert.deepEqual(imported, { faults: [], registered: [], changed: [], unchanged: [station, 'zair'] });
    assert.deepEqual(await registry.events.readAll(0, 1000), events);
  });

  it('makes the same stations on another node', async (test) => {
    const [one, other] = [await open(test), await open(test)];
    await register(one);
    await other.ask('ImportStations', { csv: await csvOf(one) });
    assert.equal(await csvOf(other), await csvOf(one));
  });
});
