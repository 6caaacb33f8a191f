import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type ComplianceDayEvaluated,
  complianceDayEvaluated,
  type IncidentRecorded,
  type LimitInForce,
  limitsRecorded,
  topics,
} from '@quantrac/contracts';
import { enterpriseComplianceQueries } from '@quantrac/contracts/queries/enterprise-compliance';
import type { FacilityEntry } from '@quantrac/contracts/registers';
import { isFault } from '@quantrac/event-sourcing';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import type { Fed } from '@quantrac/testing/drive-processor';
import type { PermitEvent } from './domain/permit.ts';
import { permitStream } from './read-models/streams.ts';
import {
  aChannel,
  anHour,
  aRule,
  emptyHour,
  fedHour,
  fedStation,
  station,
  stationRecord,
  wholeDay,
} from './testing/builders.ts';
import { type ComplianceNode, startComplianceNode } from './testing/compliance-node.ts';

const day = '2026-01-15';
const owner = '0312345678';
const data = temporaryFolder();
let node: ComplianceNode;

before(async () => {
  node = await startComplianceNode(data);
});
after(() => node.close());

const days = (args: object = {}) =>
  node.peer.query<ComplianceDayEvaluated>('complianceDays', { station, from: day, to: day, ...args });
const limits = (args: object = {}) => node.peer.query<LimitInForce>('limits', { station, ...args });
const refusedAs = (code: string) => (error: unknown) => isFault(error, code);

const permit = { permit: 'p1', facility: 'f1', number: '12/GPMT', from: '2024-01-01', rules: [aRule()] };
const incident: IncidentRecorded = {
  incident: 'i1',
  version: 2,
  station: null,
  rule: 'outage',
  state: 'resolved',
  openedAt: '2026-01-15T03:00:00.000Z',
  episodes: [{ episode: `${station}/*/outage/1`, state: 'closed' }],
  assignee: null,
  resolution: 'router replaced',
  comments: 0,
  knownAt: '2026-01-15T09:00:00.000Z',
  cause: 'command:1',
};
const fedIncident: Fed = { topic: topics.incidents, key: station, type: 'IncidentRecorded', data: incident };

test('a permit needs its enterprise, its facility and that the station belongs to it', async () => {
  const facility = { facility: 'f1', name: 'Nhà máy dệt', kind: 'polluting-type', owner, operatingSince: '2020-05-01' };
  await assert.rejects(node.command('RegisterFacility', facility), refusedAs('EnterpriseUnknown'));
  await node.command('RegisterEnterprise', { enterprise: owner, name: 'Dệt ABC' });
  await node.command('RegisterFacility', facility);
  await assert.rejects(node.command('GrantPermit', permit), refusedAs('StationOfOther'));
  await node.command('AttachStation', { facility: 'f1', station, from: '2020-05-01' });
  assert.deepEqual(await node.command('GrantPermit', permit, 'grant-1'), { version: 1 });
  assert.deepEqual(await node.command('GrantPermit', permit, 'grant-1'), { version: 1 });
  await assert.rejects(
    node.command('GrantPermit', { ...permit, permit: 'p0', facility: 'f0' }),
    refusedAs('FacilityUnknown'),
  );
  await assert.rejects(
    node.command('AmendPermit', { permit: 'p0', rules: [aRule()], reason: '-' }),
    refusedAs('PermitUnknown'),
  );
  await assert.rejects(
    node.command('TransferFacility', { facility: 'f1', to: '0300000001', from: day }),
    refusedAs('EnterpriseUnknown'),
  );
});

test('a station belongs to one facility at a time, by name and whoever comes first', async () => {
  const other = { facility: 'f2', name: 'Nhà máy giấy', kind: 'polluting-type', owner, operatingSince: '2020-05-01' };
  await assert.rejects(
    node.command('RegisterFacility', { ...other, stations: [{ station }] }),
    /s1 has belonged to facility f1 since 2020-05-01/,
  );
  assert.deepEqual(await node.peer.query('facilities', { facility: 'f2' }), []);
  await node.command('RegisterFacility', other);
  await assert.rejects(
    node.command('AttachStation', { facility: 'f2', station, from: day }),
    refusedAs('StationAttached'),
  );
  const both = ['f1', 'f2'].map((facility) =>
    node.command('AttachStation', { facility, station: 's9', from: '2024-01-01' }),
  );
  const outcomes = await Promise.allSettled(both);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const facilities = await node.peer.query<FacilityEntry>('facilities', {});
  const members = facilities.flatMap(({ stations }) => stations.filter((one) => one.station === 's9'));
  assert.deepEqual(members, [{ station: 's9', from: '2024-01-01', to: null }]);
});

test('a facility that is registered again by the same command is what it was, wherever its stations are now', async () => {
  const asked = { facility: 'f4', name: 'Nhà máy', kind: 'other', owner, operatingSince: '2020-05-01' };
  const stations = [{ station: 's6' }, { station: 's7', from: '2025-01-01' }];
  await node.command('RegisterFacility', { ...asked, stations }, 'register-4');
  await node.command('DetachStation', { facility: 'f4', station: 's6', to: '2025-12-31' });
  await node.command('AttachStation', { facility: 'f2', station: 's6', from: '2026-01-01' });
  const before = await node.peer.query<FacilityEntry>('facilities', {});
  await node.command('RegisterFacility', { ...asked, stations }, 'register-4');
  assert.deepEqual(await node.peer.query<FacilityEntry>('facilities', {}), before);
  const [found] = await node.peer.query<FacilityEntry>('facilities', { facility: 'f4' });
  assert.deepEqual(found?.stations, [
    { station: 's6', from: '2020-05-01', to: '2025-12-31' },
    { station: 's7', from: '2025-01-01', to: null },
  ]);
});

test('a day that does not exist is refused by name, wherever a command carries one', async () => {
  const noDay = '2026-02-30';
  const permitOf = (changes: object) => ['GrantPermit', { ...permit, permit: 'p9', ...changes }] as const;
  const commands = [
    ['AttachStation', { facility: 'f1', station: 's7', from: noDay }],
    ['DetachStation', { facility: 'f1', station, to: noDay }],
    ['TransferFacility', { facility: 'f1', to: owner, from: noDay }],
    ['RevokePermit', { permit: 'p1', from: noDay, reason: '-' }],
    ['AssignStandard', { station: 'a9', standard: 'QCVN 05:2023/BTNMT', from: noDay }],
    permitOf({ from: noDay }),
    permitOf({ to: noDay }),
    permitOf({ rules: [{ ...aRule(), from: noDay }] }),
  ] as const;
  for (const [name, content] of commands) await assert.rejects(node.command(name, content), /no such day exists/, name);
});

test('a facility that names a station twice is refused by name', async () => {
  const twice = { facility: 'f3', name: 'Nhà máy', kind: 'other', owner, operatingSince: '2020-05-01' };
  await assert.rejects(
    node.command('RegisterFacility', { ...twice, stations: [{ station: 's8' }, { station: 's8', from: day }] }),
    /name each station once/,
  );
});

test('registers answer with what they were told, and never with what cannot be', async () => {
  const [enterprise] = await node.peer.query('enterprises', {});
  assert.ok(enterpriseComplianceQueries.enterprises.row.parse(enterprise));
  const [facility] = await node.peer.query<object>('facilities', { enterprise: owner });
  assert.equal(enterpriseComplianceQueries.facilities.row.parse(facility).stations[0]?.station, station);
  const [found] = await node.peer.query('permits', { facility: 'f1' });
  assert.equal(enterpriseComplianceQueries.permits.row.parse(found).number, '12/GPMT');
  assert.deepEqual(await node.peer.query('permits', { facility: 'f2' }), []);
  assert.deepEqual(await node.peer.query('facilities', { after: 'f4' }), []);
  await assert.rejects(node.peer.query('complianceDays', { from: day, to: day }), refusedAs('DataInvalid'));
});

test('a facility belongs to the owner of the day that is asked for, today unless said, and never to the next one yet', async () => {
  const [next, from] = ['0300000009', '2026-06-01'];
  await node.command('RegisterEnterprise', { enterprise: next, name: 'Giấy XYZ' });
  await node.command('TransferFacility', { facility: 'f2', to: next, from });
  const ownedBy = async (enterprise: string, args: object = {}) =>
    (await node.peer.query<FacilityEntry>('facilities', { enterprise, ...args })).map((found) => [
      found.facility,
      found.owner,
    ]);
  assert.deepEqual(await ownedBy(next), []);
  assert.deepEqual(await ownedBy(owner), [
    ['f1', owner],
    ['f2', owner],
    ['f4', owner],
  ]);
  assert.deepEqual(await ownedBy(owner, { day: '2026-05-31', after: 'f1', limit: 1 }), [['f2', owner]]);
  assert.deepEqual(await ownedBy(next, { day: from }), [['f2', next]]);
  await assert.rejects(ownedBy(next, { day: '2026-02-30' }), refusedAs('DataInvalid'));
});

test('limits come with the channels, whichever is told first, and are published', async () => {
  assert.deepEqual(await limits(), []);
  await node.publish(fedStation(stationRecord({ channels: [aChannel('cod', 'COD'), aChannel('tss', 'TSS')] })));
  await eventually(async () => assert.equal((await limits({ day })).length, 2));
  assert.deepEqual(
    (await limits({ day })).map(({ channel, limit, upper }) => [channel, limit, upper]),
    [
      ['cod', '1h', '67.5'],
      ['cod', '24h', '67.5'],
    ],
  );
  await eventually(async () => assert.ok((await history(topics.limits.name)).length > 0));
  for (const record of await history(topics.limits.name)) assert.ok(limitsRecorded.parse(record));
});

test('a day is judged from the hours on the log, and a late hour amends it', async () => {
  await node.publish(...wholeDay(day, 60).map(fedHour));
  await eventually(async () => assert.equal((await days())[0]?.verdict, 'within'));
  await node.publish(
    fedHour(anHour(day, 3, 300, { version: 2, state: 'amended', knownAt: '2026-01-17T00:00:00.000Z' })),
  );
  await eventually(async () => assert.equal((await days())[0]?.verdict, 'exceeds'));
  const [now] = await days({ facility: 'f1' });
  assert.deepEqual([now?.value, now?.version, now?.state], ['70', 2, 'amended']);
  const [known] = await days({ asOf: '2026-01-16T00:00:00.000Z' });
  assert.deepEqual([known?.value, known?.version, known?.state], ['60', 1, 'closed']);
  for (const record of await history(topics.compliance.name)) assert.ok(complianceDayEvaluated.parse(record));
});

test('an amended permit judges again, and a revoked one says that there is no limit', async () => {
  await node.command('AmendPermit', { permit: 'p1', rules: [aRule({ column: 'B' })], reason: 'column B' });
  await eventually(async () => assert.deepEqual((await days())[0]?.upper, '135'));
  assert.equal((await days())[0]?.verdict, 'within');
  await node.command('RevokePermit', { permit: 'p1', from: day, reason: 'closed' });
  await eventually(async () => assert.equal((await days())[0]?.reason, 'no-limit'));
  assert.deepEqual(await limits({ day }), []);
});

test('a crash between a permit and its stations is made good at the next start', async () => {
  await node.stop();
  const stores = await openEmbeddedStores(data, 'enterprise-compliance');
  const rules = [aRule({ value: { upper: '65', unit: 'mg/L' } })];
  const granted = { ...permit, permit: 'p2', from: day, to: null, rules, facilitySince: '2020-05-01' };
  const event: PermitEvent = { type: 'PermitGranted', data: { ...granted, at: '2026-01-20T00:00:00.000Z' } };
  await stores.events.append(permitStream('p2'), 0, [event], { commandId: 'grant-2', metadata: {} });
  await stores.close();
  await node.start();
  await eventually(async () => assert.equal((await limits({ day }))[0]?.permit, 'p2'));
  await eventually(async () => assert.deepEqual((await days())[0]?.verdict, 'exceeds'));
});

test('a station that leaves its facility leaves its permits, from the day after on', async () => {
  const outcome = await node.command<{ version: number }>('DetachStation', {
    facility: 'f1',
    station,
    to: '2026-01-14',
  });
  const [facility] = await node.peer.query<FacilityEntry>('facilities', { facility: 'f1' });
  assert.equal(outcome.version, facility?.version);
  await eventually(async () => assert.equal((await days())[0]?.reason, 'no-limit'));
  assert.deepEqual(await limits({ day }), []);
  await node.command('AttachStation', { facility: 'f1', station, from: day });
  await eventually(async () => assert.deepEqual((await days())[0]?.verdict, 'exceeds'));
});

test('the annual report counts what was due, what came, what was in error, the days above the limit and the incidents', async () => {
  const tss = wholeDay(day, 1, { channel: 'tss', parameter: 'TSS', valid: 10 }).slice(0, 23);
  const gap = emptyHour(day, 24, { channel: 'tss', parameter: 'TSS' });
  await node.publish(fedIncident, ...[...tss, gap].map(fedHour));
  const report = async () => {
    const rows = await node.peer.query('annualReport', { facility: 'f1', year: 2026 });
    return rows.map((row) => enterpriseComplianceQueries.annualReport.row.parse(row));
  };
  await eventually(async () => {
    const rows = await report();
    assert.equal(rows.length, 5);
    assert.ok(rows[1]?.table === 'measured' && rows[1].received === 276);
  });
  const [cod, solids, outage, exceeded, before] = await report();
  // Fifteen days of the year are settled or long over; something came on the last of them only.
  const counts = { days: 15, byDesign: 15 * 288, errorShare: '0.00', receivedShare: '6.67' };
  const channel = { kind: 'wastewater', station, channel: 'cod', parameter: 'COD' };
  assert.deepEqual(cod, { table: 'measured', ...channel, ...counts, received: 288, inError: 0 });
  assert.deepEqual(solids, {
    ...{ table: 'measured', ...channel, ...counts, channel: 'tss', parameter: 'TSS' },
    received: 276,
    inError: 46,
    receivedShare: '6.39',
    errorShare: '16.67',
  });
  assert.deepEqual(outage, {
    table: 'incident',
    station,
    incident: 'i1',
    rule: 'outage',
    openedAt: incident.openedAt,
    resolvedAt: incident.knownAt,
    remedy: 'router replaced',
  });
  assert.ok(exceeded?.table === 'exceeded');
  assert.deepEqual(
    [exceeded.upper, exceeded.days, exceeded.exceedingDays, exceeded.exceedingShare],
    ['65', 1, 1, '100.00'],
  );
  assert.ok(before?.table === 'exceeded');
  assert.deepEqual([before.upper, before.days, before.exceedingShare, before.noVerdictDays], ['135', 0, null, 14]);
  await assert.rejects(node.peer.query('annualReport', { facility: 'f9', year: 2026 }), refusedAs('FacilityUnknown'));
});

test('a station of ambient air gets its limits by an assignment', async () => {
  const channels = [aChannel('o3', 'O3', { unit: 'µg/Nm3' })];
  await node.publish(fedStation(stationRecord({ station: 'a1', kind: 'ambient-air', channels })));
  await node.command('AssignStandard', { station: 'a1', standard: 'QCVN 05:2023/BTNMT', from: '2025-01-01' });
  await eventually(async () => {
    const found = await node.peer.query<LimitInForce>('limits', { station: 'a1', day });
    assert.deepEqual(
      found.map(({ limit, upper }) => [limit, upper]),
      [
        ['1h', '200'],
        ['8h', '120'],
      ],
    );
  });
  const foreign = { station, standard: 'QCVN 05:2023/BTNMT', from: '2025-01-01' };
  await assert.rejects(node.command('AssignStandard', foreign), refusedAs('StandardNotForKind'));
});

async function history(topic: string): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const batch of node.peer.history(topic))
    for (const { value } of batch) records.push(JSON.parse(new TextDecoder().decode(value)));
  return records;
}
