import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { newAuthority } from '@quantrac/certificates';
import type { TestServer } from '@quantrac/conformance/servers/java-server';
import { startMongo } from '@quantrac/conformance/servers/mongo-server';
import { isFault } from '@quantrac/event-sourcing';
import { connectToMongo } from './mongo-connection.ts';
import { demandingAccount } from './mongo-demanding-account.ts';
import { certificateFaultOf } from './mongo-door.ts';

const account = { username: 'quantrac', password: 'of-quantrac' };
const mechanism = 'authMechanism=SCRAM-SHA-256';

let [plain, secure, otherHost]: TestServer[] = [];
let folder: string;
const file = (name: string) => join(folder, name);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantrac-secure-mongo-'));
  const [authority, other] = [newAuthority('test authority'), newAuthority('another authority')];
  const { cert, key } = authority.issue('client');
  writeFileSync(file('ca.pem'), authority.cert);
  writeFileSync(file('other.pem'), other.cert);
  writeFileSync(file('client.pem'), `${key}${cert}`);
  writeFileSync(file('nonsense.pem'), 'nonsense');
  [plain, secure, otherHost] = await Promise.all([
    startMongo({ folder: file('plain') }),
    startMongo({ folder: file('secure'), tls: authority.issue('127.0.0.1') }),
    startMongo({ folder: file('other-host'), tls: authority.issue('mongo.example.org') }),
  ]);
});

after(async () => {
  for (const server of [plain, secure, otherHost]) await server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const byTls = (server: TestServer | undefined, ca = 'ca.pem', more = '') =>
  `${server!.address}/?tls=true&tlsCAFile=${file(ca)}${more}`;
const withAccount = (at: string, { username = account.username, password = account.password } = {}) =>
  `mongodb://${username}:${password}@${at}/?${mechanism}`;

async function writesAndReads(url: string): Promise<void> {
  const { database, close } = await connectToMongo(url, 'test-security');
  await database.collection<{ _id: number }>('things').insertOne({ _id: 1 });
  assert.equal(await database.collection('things').countDocuments(), 1);
  await database.dropDatabase();
  await close();
}

/** What a service with this setting is told when it starts, and within 3 s unless it has to wait. */
async function told(url: string, { code, withinMs = 3000 }: { code: string; withinMs?: number }): Promise<string> {
  const begun = performance.now();
  const error: unknown = await connectToMongo(url, 'test').then(
    () => assert.fail('MongoDB takes it'),
    (error) => error,
  );
  assert.ok(isFault(error, code), inspect(error));
  assert.equal(error.kind, code === 'MongoAway' ? 'unavailable' : 'invalid');
  assert.ok(performance.now() - begun < withinMs, `${performance.now() - begun} ms`);
  const everything = inspect(error, { depth: 20, showHidden: true });
  for (const secret of [account.password, 'secret']) assert.ok(!everything.includes(secret), everything);
  return error.message;
}

test('a service reads and writes over TLS', () => writesAndReads(byTls(secure)));

test('a service reads and writes with its account where one is demanded', async (t) => {
  await writesAndReads(withAccount(await demandingAccount(t, plain!.address, account)));
});

test('a wrong password, an unknown account and no account at all are told at once', async (t) => {
  const at = await demandingAccount(t, plain!.address, account);
  for (const wrong of [{ password: 'secret' }, { username: 'unknown' }])
    assert.match(
      await told(withAccount(at, wrong), { code: 'MongoRefused' }),
      /refuses the account in MONGO_URL: see its name, password and authSource/,
    );
  assert.match(await told(`mongodb://${at}`, { code: 'MongoForbidden' }), /name an account in MONGO_URL/);
});

test('an account without a right to the database is told when it connects', async (t) => {
  const at = await demandingAccount(t, plain!.address, { ...account, mayRead: false });
  assert.match(await told(withAccount(at), { code: 'MongoForbidden' }), /with the role readWrite on the database/);
});

test('a certificate of another authority or for another host is told at once', async () => {
  const code = 'MongoCertificateWrong';
  const notSigned = /is not signed by tlsCAFile in MONGO_URL/;
  for (const url of [byTls(secure, 'other.pem'), byTls(secure, 'nonsense.pem'), `${secure!.address}/?tls=true`])
    assert.match(await told(url, { code }), notSigned);
  assert.match(await told(byTls(otherHost), { code }), /is for another host: use one of its names in MONGO_URL/);
});

test('a file of certificates that is missing, or holds none, is told by its name', async () => {
  const code = 'MongoCertificateWrong';
  assert.match(await told(byTls(secure, 'none.pem'), { code }), /MONGO_URL names .*none\.pem, which cannot be read/);
  const own = (name: string) => byTls(secure, 'ca.pem', `&tlsCertificateKeyFile=${file(name)}`);
  assert.match(await told(own('nonsense.pem'), { code }), /tlsCertificateKeyFile in MONGO_URL cannot be used/);
  await writesAndReads(own('client.pem'));
});

test('TLS at a server without it, and none at a server with it, are told at once', async () => {
  assert.match(await told(secure!.address, { code: 'MongoTlsMissing' }), /demands TLS: add tls=true to MONGO_URL/);
  assert.match(
    await told(byTls(plain), { code: 'MongoTlsNotSpoken' }),
    /does not speak TLS: take tls out of MONGO_URL/,
  );
});

test('a server that ends every connection is told as one that is away, with TLS and without', async (t) => {
  const at = `mongodb://${account.username}:${account.password}@${await ending(t)}/`;
  const one = /^MongoDB does not answer \([^()]+\): see the server and MONGO_URL$/;
  const urls = [`${at}?${mechanism}`, `${at}?${mechanism}&tls=true`];
  for (const said of await Promise.all(urls.map((url) => told(url, { code: 'MongoAway', withinMs: 8000 }))))
    assert.match(said, one);
});

async function ending(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('while one of several servers may yet be reached, the certificate of another one is no fault', () => {
  const [expired, open] = ['CERT_HAS_EXPIRED', undefined].map((code) => ({
    address: 'mongo.example.org:27017',
    error: code ? new Error('failed', { cause: Object.assign(new Error(code), { code }) }) : null,
  }));
  const among = (...servers: unknown[]) => certificateFaultOf(new Map(servers.entries()) as never);
  assert.ok(isFault(among(expired), 'MongoCertificateWrong'));
  assert.ok(isFault(among(expired, expired), 'MongoCertificateWrong'));
  assert.equal(among(expired, open), undefined);
  assert.equal(among(), undefined);
});

test('a URL that cannot be read is told without a word of its account', async () => {
  const unreadable = [
    'mongodb://quantrac:se:secret@127.0.0.1',
    'mongodb://quantrac:a/secret@127.0.0.1',
    'mongodb://quantrac:a?secret=secret@127.0.0.1',
    'mongodb://quantrac:a#secret@127.0.0.1',
    'mongodb://quantrac:a@secret@127.0.0.1',
    'mongodb://quantrac:%zzsecret@127.0.0.1',
    'mongodb://quantrac:secret@127.0.0.1:99999999',
    'mongodb://quantrac:secret@127.0.0.1/?tls=perhaps',
    'mongodb://quantrac:secret@',
    'mongo://quantrac:secret@127.0.0.1',
    'quantrac:secret@127.0.0.1',
  ];
  for (const url of unreadable)
    assert.match(await told(url, { code: 'MongoUrlInvalid' }), /^MONGO_URL cannot be read: ./, url);
  assert.match(await told(unreadable[0]!, { code: 'MongoUrlInvalid' }), /signs .* are to be written as %3A/);
  assert.match(await told(unreadable[7]!, { code: 'MongoUrlInvalid' }), /tls\/ssl must be either "true" or "false"/);
});
