import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Fault, isFault } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder, tester } from '@quantrac/testing';
import { pino } from 'pino';
import { enterpriseComplianceService } from '../enterprise-compliance.service.ts';
import { stationLimitsStream } from '../read-models/streams.ts';
import { aRule, station } from '../testing/builders.ts';

const at = Date.parse('2026-01-10T00:00:00.000Z');

test('what a permit demands is told to its stations within a minute after their store was away, without a restart', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const stores = await openEmbeddedStores(temporaryFolder(), 'enterprise-compliance');
  t.after(() => stores.close());
  let isAway = false;
  const append: EventStore['append'] = async (stream, ...rest) => {
    if (isAway && stream === stationLimitsStream(station)) throw Fault.unavailable('MongoAway', 'no database answers');
    return stores.events.append(stream, ...rest);
  };
  const events = new Proxy(stores.events, {
    get(target, name, proxy) {
      const value = name === 'append' ? append : Reflect.get(target, name);
      // streams append by the store that they are of
      return typeof value === 'function' ? value.bind(name === 'streams' ? proxy : target) : value;
    },
  });
  const surroundings = { clock: () => at, log: pino({ level: 'silent' }) };
  const service = enterpriseComplianceService({ ...stores, events }, { dayCapturePercent: 75 }, surroundings);
  const ask = (name: string, data: object) => {
    const { schema, handle } = service.commands![name]!;
    return handle(schema.parse(data), { actor: tester, commandId: randomUUID(), at });
  };
  const told = async () => (await stores.events.read<{ type: string }>(stationLimitsStream(station))).events;
  await ask('RegisterEnterprise', { enterprise: '0312345678', name: 'Dệt ABC' });
  const facility = { facility: 'f1', name: 'Nhà máy dệt', kind: 'polluting-type', owner: '0312345678' };
  await ask('RegisterFacility', { ...facility, operatingSince: '2020-05-01' });
  await ask('AttachStation', { facility: 'f1', station, from: '2020-05-01' });
  for (const start of service.runAlone!) {
    const running = await start();
    t.after(() => running.stop());
  }
  const before = (await told()).length;
  isAway = true;
  const permit = { permit: 'p1', facility: 'f1', number: '12/GPMT', from: '2024-01-01', rules: [aRule()] };
  await assert.rejects(ask('GrantPermit', permit), (error) => isFault(error, 'MongoAway'));
  isAway = false;
  assert.equal((await told()).length, before);
  t.mock.timers.tick(60_000);
  await eventually(async () => assert.ok((await told()).length > before));
});
