import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { newAuthority } from '@quantrac/certificates';
import { eventually } from '@quantrac/conformance/eventually';
import { freePort } from '@quantrac/conformance/servers/free-port';
import { isFault } from '@quantrac/event-sourcing';
import { pino } from 'pino';
import { z } from 'zod';
import { command, query, type ServiceDefinition } from './definition.ts';
import { type Hosted, host } from './host.ts';
import type { PeerSettings } from './peer-settings.ts';
import { peersOf } from './peers.ts';
import { commonSettings, readSettings } from './settings.ts';

const peerSecret = 'the secret of node hcm';
const nowhere = '/nonexistent';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'peers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Answers who it is, and counts what it was told. */
const naming = (name: string, told: string[]) => (): ServiceDefinition => ({
  name: 'naming',
  topics: [],
  processors: [],
  relays: [],
  commands: { Tell: command(z.object({}), async (_, { actor }) => void told.push(actor.account)) },
  queries: { name: query(z.object({}), async () => [{ name }]) },
});

async function hosting(t: TestContext, name: string, settings: PeerSettings, told: string[] = []): Promise<Hosted> {
  const make = naming(name, told);
  const common = { data: folderOf(t), logLevel: 'silent', ...settings } as const;
  const hosted = await host({ name: 'naming', make, settings: common, logger: pino({ level: 'silent' }) });
  t.after(() => hosted.stop());
  return hosted;
}

function asking(t: TestContext, settings: PeerSettings) {
  const { peer, close } = peersOf(nowhere, settings);
  t.after(close);
  return {
    name: async (withinMs = 20_000) =>
      (await peer('naming').query<{ name: string }>('name', {}, { withinMs }))[0]!.name,
    tell: () =>
      peer('naming').handle('Tell', {}, { actor: { account: 'lan', role: 'department' }, commandId: randomUUID() }),
    history: async () => {
      for await (const _ of peer('naming').history('quantrac.unknown.v1')) assert.fail('it has none');
    },
  };
}

const loopback = async () => `127.0.0.1:${await freePort()}`;

test('a service is asked and told over TCP by whoever has the secret of the node', async (t) => {
  const listen = await loopback();
  const told: string[] = [];
  await hosting(t, 'a', { listen, peerSecret }, told);
  const { name, tell } = asking(t, { peers: { naming: listen }, peerSecret });
  assert.equal(await name(), 'a');
  await tell();
  assert.deepEqual(told, ['lan']);
});

test('another secret, or none, is refused in one sentence before anything is done, as something to try again', async (t) => {
  const listen = await loopback();
  const told: string[] = [];
  await hosting(t, 'a', { listen, peerSecret }, told);
  for (const given of [
    { peerSecret: 'the secret of node hue' },
    { peerSecret: `${peerSecret}!` },
    { peerSecret: '' },
  ]) {
    const { name, tell, history } = asking(t, { peers: { naming: listen }, ...given });
    for (const ask of [name, tell, history])
      await assert.rejects(ask(), (error: Error) => {
        assert.ok(isFault(error, 'PeerRefused'), error.stack);
        assert.equal(error.kind, 'unavailable');
        assert.match(error.message, /give all services of a node the same QUANTRAC_PEER_SECRET/);
        assert.ok(!error.message.includes(peerSecret));
        return true;
      });
  }
  assert.deepEqual(told, []);
});

test('with certificates both sides prove who they are', async (t) => {
  const folder = folderOf(t);
  const [ours, others] = [newAuthority('hcm'), newAuthority('hue')];
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const filesOf = (authority: typeof ours, name: string): PeerSettings => {
    const { cert, key } = authority.issue('localhost');
    return { peerCa: fileOf('ca', ours.cert), peerCertificate: fileOf(`${name}.c`, cert), peerKey: fileOf(name, key) };
  };
  const listen = await loopback();
  await hosting(t, 'a', { listen, peerSecret, ...filesOf(ours, 'a') });
  const peers = { naming: listen.replace('127.0.0.1', 'localhost') };
  assert.equal(await asking(t, { peers, peerSecret, ...filesOf(ours, 'b') }).name(), 'a');
  for (const wrong of [{}, filesOf(others, 'c')])
    await assert.rejects(asking(t, { peers, peerSecret, ...wrong }).name(1500), { code: 'ServiceUnavailable' });
});

test('a service that ends and comes back is found again', async (t) => {
  const listen = await loopback();
  const first = await hosting(t, 'first', { listen, peerSecret });
  const { name } = asking(t, { peers: { naming: listen }, peerSecret });
  assert.equal(await name(), 'first');
  await first.stop();
  const waiting = name();
  await hosting(t, 'second', { listen, peerSecret });
  assert.equal(await waiting, 'second');
});

test('instances behind one name share what is asked, and are found where they move to', async (t) => {
  const port = await freePort();
  const at = (address: string) => ({ listen: `${address}:${port}`, peerSecret });
  let addresses = ['127.0.0.1', '127.0.0.2'];
  const { lookup } = dns;
  t.mock.method(dns, 'lookup', async (host: string, options: object) =>
    host === 'naming.test' ? addresses.map((address) => ({ address, family: 4 })) : lookup(host, options),
  );
  const both = [await hosting(t, 'a', at('127.0.0.1')), await hosting(t, 'b', at('127.0.0.2'))];
  const certified = { peers: { naming: `naming.test:${port}` }, peerSecret };
  const { name } = asking(t, certified);
  const answeredBy = async () => new Set(await Promise.all(Array.from({ length: 8 }, () => name())));
  await eventually(async () => (await answeredBy()).size === 2);
  addresses = ['127.0.0.3'];
  await hosting(t, 'c', at('127.0.0.3'));
  for (const one of both) await one.stop();
  await eventually(async () => {
    const found = await answeredBy().catch(() => new Set<string>());
    return found.size === 1 && found.has('c');
  });
});

test('who is not named is found by its socket', async (t) => {
  const data = folderOf(t);
  const hosted = await host({
    name: 'naming',
    make: naming('here', []),
    settings: { data, logLevel: 'silent' },
    logger: pino({ level: 'silent' }),
  });
  t.after(() => hosted.stop());
  const { peer, close } = peersOf(data, { peers: { other: '127.0.0.1:1' }, peerSecret });
  t.after(close);
  assert.deepEqual(await peer('naming').query('name', {}), [{ name: 'here' }]);
});

test('an address that somebody else has is told by the name of the setting', async (t) => {
  const listen = await loopback();
  await hosting(t, 'a', { listen, peerSecret });
  await assert.rejects(hosting(t, 'b', { listen, peerSecret }), {
    message: /^QUANTRAC_LISTEN: nobody can listen there/,
  });
});

const faultsOf = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readSettings(commonSettings, environment);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.split(':')[0]!);
  }
};

test('settings of peers that are missing or bad are named all at once, beside all others', () => {
  const secret = { QUANTRAC_PEER_SECRET: peerSecret.replaceAll(' ', '-') };
  assert.deepEqual(faultsOf({ ...secret, QUANTRAC_LISTEN: '127.0.0.1:9100' }), []);
  assert.deepEqual(faultsOf({ QUANTRAC_LISTEN: '127.0.0.1:9100' }), ['QUANTRAC_PEER_SECRET']);
  assert.deepEqual(faultsOf({ QUANTRAC_PEERS: '{"alerting":"[::1]:9100"}' }), ['QUANTRAC_PEER_SECRET']);
  assert.deepEqual(faultsOf({ ...secret, QUANTRAC_LISTEN: '0.0.0.0:9100' }), ['QUANTRAC_PEER_CA']);
  assert.deepEqual(faultsOf({ ...secret, QUANTRAC_PEERS: '{"alerting":"alerting:9100"}' }), ['QUANTRAC_PEER_CA']);
  assert.deepEqual(faultsOf({ QUANTRAC_PEER_CA: 'ca.pem' }), ['QUANTRAC_PEER_CERTIFICATE']);
  const bad = {
    QUANTRAC_LISTEN: '9100',
    QUANTRAC_PEERS: '{"alerting":9100}',
    QUANTRAC_PEER_SECRET: 'short',
    QUANTRAC_LOG_LEVEL: 'loud',
  };
  assert.deepEqual(
    new Set(faultsOf(bad)),
    new Set([...Object.keys(bad).filter((name) => name !== 'QUANTRAC_PEERS'), 'QUANTRAC_PEERS (alerting)']),
  );
});
