import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StationRecorded } from '@quantrac/contracts';
import { commandHandler, isFault } from '@quantrac/event-sourcing';
import { type ClaimsEvent, claims } from '../domain/claims.ts';
import { claimsStream } from '../read-models/streams.ts';
import { day, type OpenedRegistry, openRegistry, temporaryFolder } from '../testing/open-registry.ts';

const ids = Array.from({ length: 20 }, (_, number) => `s${String(number).padStart(2, '0')}`);

const registerAll = async ({ ask }: OpenedRegistry) => {
  for (const station of ids) await ask('RegisterStation', { station, kind: 'stack', name: station });
};

const prefixesOf = async ({ query }: OpenedRegistry) =>
  (await query<StationRecorded>('stations')).flatMap(({ prefixes }) => prefixes);

describe('the names of stations', () => {
  it('belong to one of many that ask at the same time, on two instances', async (test) => {
    const folder = await temporaryFolder(test);
    const [one, other] = [await openRegistry(test, folder), await openRegistry(test, folder)];
    await registerAll(one);
    const asked = ids.map((station, number) =>
      (number % 2 === 0 ? one : other).ask('AddPrefix', { station, prefix: number % 3 === 0 ? 'HCM_A' : 'hcm_a' }),
    );
    const settled = await Promise.allSettled(asked);
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.equal(refused.length, ids.length - 1);
    assert.ok(refused.every((reason) => isFault(reason, 'PrefixTaken')));
    assert.equal((await prefixesOf(one)).length, 1);
    assert.deepEqual(await prefixesOf(other), await prefixesOf(one));
  });

  it('are told by every station that asks for its own at the same time', async (test) => {
    const folder = await temporaryFolder(test);
    const [one, other] = [await openRegistry(test, folder), await openRegistry(test, folder)];
    await registerAll(one);
    await Promise.all(
      ids.map((station, number) => (number % 2 === 0 ? one : other).ask('AddPrefix', { station, prefix: station })),
    );
    assert.deepEqual(await prefixesOf(one), ids);
  });

  it('are all had by a hundred stations that are registered at the same time, but one name by one of them', async (test) => {
    const folder = await temporaryFolder(test);
    const [one, other] = [await openRegistry(test, folder), await openRegistry(test, folder)];
    const names = Array.from({ length: 100 }, (_, number) => `HCM_${String(number).padStart(3, '0')}`);
    const asked = [...names, 'hcm_000'].map((prefix, number) =>
      (number % 2 === 0 ? one : other).ask('RegisterStation', { kind: 'stack', name: prefix, prefixes: [prefix] }),
    );
    const settled = await Promise.allSettled(asked);
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.deepEqual(
      refused.map((reason) => isFault(reason, 'PrefixTaken')),
      [true],
    );
    assert.deepEqual((await prefixesOf(one)).map((prefix) => prefix.toUpperCase()).sort(), names);
  });

  it('end as they were last claimed, however adding and removing one name meet', async (test) => {
    const registry = await openRegistry(test, await temporaryFolder(test));
    await registerAll(registry);
    const [s0, s1] = ids;
    const prefix = 'HCM_A';
    for (let round = 0; round < 10; round++)
      await Promise.allSettled([
        registry.ask('AddPrefix', { station: s0, prefix }),
        registry.ask('RemovePrefix', { station: s0, prefix }),
        registry.ask('AddPrefix', { station: s1, prefix }),
        registry.ask('RemovePrefix', { station: s1, prefix }),
      ]);
    const told = await prefixesOf(registry);
    const owner = await registry.ask('AddPrefix', { station: ids[2], prefix }).then(
      () => 0,
      () => 1,
    );
    assert.equal(told.length, owner);
  });

  it('reach the station after a crash between the claim and the station', async (test) => {
    const folder = await temporaryFolder(test);
    const registry = await openRegistry(test, folder);
    await registerAll(registry);
    const claim = commandHandler(claims, registry.events.streams<ClaimsEvent>());
    const command = { type: 'AddPrefix', station: ids[0]!, prefix: 'HCM_A', at: '2026-01-16T00:00:00.000Z' } as const;
    await claim(claimsStream, command, { commandId: 'crashed', metadata: {} });
    assert.deepEqual(await prefixesOf(registry), []);
    const started = await openRegistry(test, folder);
    // each looks at once; when it has stopped, that look has ended
    for (const run of started.definition.runAlone!) await (await run()).stop();
    for (const run of started.definition.runAlone!) await (await run()).stop();
    const [record] = await started.query<StationRecorded>('stations', { station: ids[0] });
    assert.deepEqual(
      [record?.prefixes, record?.version, record?.knownAt, record?.cause],
      [['HCM_A'], 2, '2026-01-16T00:00:00.000Z', 'claim:1'],
    );
  });

  it('reach the station when the command that crashed comes again', async (test) => {
    const registry = await openRegistry(test, await temporaryFolder(test));
    await registerAll(registry);
    const claim = commandHandler(claims, registry.events.streams<ClaimsEvent>());
    const command = { type: 'AddPrefix', station: ids[0]!, prefix: 'HCM_A', at: '2026-01-16T00:00:00.000Z' } as const;
    await claim(claimsStream, command, { commandId: 'again', metadata: {} });
    await registry.ask('AddPrefix', { station: ids[0], prefix: 'HCM_A' }, { id: 'again' });
    await registry.ask('AddPrefix', { station: ids[0], prefix: 'HCM_A' }, { id: 'again' });
    const [record] = await registry.query<StationRecorded>('stations', { station: ids[0] });
    assert.deepEqual([record?.prefixes, record?.version], [['HCM_A'], 2]);
  });

  it('are free again when a crash came between the claim and the registration of a station, but not while it may go on', async (test) => {
    const registry = await openRegistry(test, await temporaryFolder(test));
    const claim = commandHandler(claims, registry.events.streams<ClaimsEvent>());
    const command = { type: 'AddPrefix', station: 'ghost', prefix: 'HCM_A', at: new Date(day).toISOString() } as const;
    await claim(claimsStream, command, { commandId: 'crashed', metadata: {} });
    const another = { station: 's1', kind: 'stack', name: 'another', prefixes: ['hcm_a_'] };
    const soon = registry.ask('RegisterStation', another, { at: day + 1000 });
    await assert.rejects(soon, { code: 'PrefixTaken' });
    await registry.ask('RegisterStation', another, { at: day + 61_000 });
    assert.deepEqual(await prefixesOf(registry), ['hcm_a']);
    const late = { ...another, station: 'ghost', prefixes: ['HCM_A'] };
    await assert.rejects(registry.ask('RegisterStation', late, { at: day + 200_000 }), { code: 'PrefixTaken' });
  });

  it('are not claimed for a station that is unknown or refuses the rest', async (test) => {
    const registry = await openRegistry(test, await temporaryFolder(test));
    await registerAll(registry);
    await assert.rejects(registry.ask('AddPrefix', { station: 'ghost', prefix: 'HCM_A' }), { code: 'StationUnknown' });
    const another = { station: ids[0], kind: 'stack', name: 'another', prefixes: ['HCM_A'] };
    await assert.rejects(registry.ask('RegisterStation', another), { code: 'StationExists' });
    await registry.ask('AddPrefix', { station: ids[1], prefix: 'HCM_A' });
    assert.deepEqual(await prefixesOf(registry), ['HCM_A']);
  });
});
