import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type CertificateAuthority, newAuthority } from '@quantrac/certificates';
import { eventually } from '@quantrac/conformance/eventually';
import { type SecureKafka, startSecureKafka } from '@quantrac/conformance/servers/secure-kafka';
import { isFault } from '@quantrac/event-sourcing';
import { numbered, numberOf } from './conformance-deeds.ts';
import type { SubscribeOptions, Topic } from './event-log.ts';
import { KafkaClient } from './kafka-client.ts';
import { KafkaEventLog } from './kafka-event-log.ts';
import type { KafkaSettings } from './kafka-settings.ts';

const accounts = { services: 'of-services', acme: 'of-acme', nobody: 'of-nobody' };
const topic = (name: string): Topic => ({ name, producer: 'alpha', partitions: 2, retentionDays: 14 });
const open = topic('quantrac.numbers.v1');

let kafka: SecureKafka;
let folder: string;
const elsewhere: CertificateAuthority = newAuthority('another authority');

const accountOf = (username: keyof typeof accounts) =>
  ({ mechanism: 'scram-sha-512', username, password: accounts[username] }) as const;
const right = (): KafkaSettings => ({
  brokers: kafka.address,
  clientId: 'test',
  ssl: { ca: kafka.ca },
  sasl: accountOf('services'),
});

function clientFor(t: TestContext, settings: Partial<KafkaSettings> = {}): KafkaClient {
  const client = new KafkaClient({ ...right(), ...settings });
  t.after(() => client.close());
  return client;
}

async function logFor(t: TestContext, { username = 'services' }: { username?: keyof typeof accounts } = {}) {
  const client = clientFor(t, { sasl: accountOf(username) });
  const log = await KafkaEventLog.open({ client, prefix: '', service: 'alpha', replicationFactor: 1, sessionMs: 2000 });
  t.after(() => log.close());
  return log;
}

function acl(...parameters: string[]): Promise<string> {
  const action = parameters.includes('--remove') ? '--force' : '--add';
  const tool = 'org.apache.kafka.tools.AclCommand';
  return kafka.tool(tool, '--bootstrap-server', kafka.doors.plain, action, ...parameters);
}
/** As docs/integrators.md shows them. */
const grants = [
  '--allow-principal User:services --operation All --topic quantrac. --resource-pattern-type prefixed',
  '--allow-principal User:services --operation Read --group *',
  '--deny-principal User:acme --operation All --topic quantrac.private. --resource-pattern-type prefixed',
  '--allow-principal User:acme --operation Read --topic quantrac. --group acme. --resource-pattern-type prefixed',
];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantrac-secure-kafka-'));
  kafka = await startSecureKafka(join(folder, 'kafka'), accounts);
  await Promise.all(grants.map((grant) => acl(...grant.split(' '))));
});

after(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a client with these settings is told when it starts, and within 5 s. */
async function told(t: TestContext, settings: Partial<KafkaSettings>, kind = 'invalid'): Promise<string> {
  const begun = performance.now();
  const client = clientFor(t, settings);
  const error = await client.clusterId().then(
    () => assert.fail('Kafka takes it'),
    (error: Error) => error,
  );
  assert.ok(isFault(error), error.stack);
  assert.equal(error.kind, kind);
  assert.ok(performance.now() - begun < 5000);
  for (const password of Object.values(accounts)) assert.ok(!JSON.stringify([error, error.message]).includes(password));
  return error.message;
}

test('records travel over TLS with an account, also without TLS by the older mechanism', async (t) => {
  const log = await logFor(t);
  await log.publish(open, [numbered(1), numbered(2)]);
  const seen: number[] = [];
  await log.subscribe(following([open], 'beta', (numbers) => seen.push(...numbers)));
  await eventually(() => seen.length === 2);
  assert.deepEqual(seen, [1, 2]);
  const account = { ...accountOf('services'), mechanism: 'scram-sha-256' } as const;
  const client = clientFor(t, { brokers: kafka.doors.account, ssl: false, sasl: account });
  assert.ok((await client.listTopics()).includes(open.name));
});

const following = (topics: Topic[], group: string, take: (numbers: number[]) => void): SubscribeOptions => ({
  group,
  topics,
  positions: async () => ({}),
  handle: async ({ records }) => take(records.map(numberOf)),
  onPositionLost: async () => ({}),
});

test('the settings that a client is given stay as they are, for the next one', async (t) => {
  const settings = right();
  await clientFor(t, settings).clusterId();
  assert.deepEqual(settings, right());
});

test('a certificate of its own lets a client in where one is demanded', async (t) => {
  const brokers = kafka.doors.mutual;
  const client = new KafkaClient({ brokers, clientId: 'test', ssl: { ca: kafka.ca, ...kafka.client } });
  t.after(() => client.close());
  assert.ok(await client.clusterId());
  const other = { ca: kafka.ca, ...elsewhere.issue('client') };
  for (const ssl of [{ ca: kafka.ca }, other])
    assert.match(await told(t, { brokers, ssl }), /refuses the client's certificate.*KAFKA_CERTIFICATE and KAFKA_KEY/);
});

test('a wrong password, an unknown account and a mechanism that it is not made for are told at once', async (t) => {
  for (const wrong of [{ password: 'wrong' }, { username: 'unknown' }])
    assert.match(
      await told(t, { sasl: { ...accountOf('services'), ...wrong } }),
      /refuses the account: see KAFKA_USERNAME and KAFKA_PASSWORD/,
    );
  const sasl = { ...accountOf('services'), mechanism: 'scram-sha-256' } as const;
  assert.match(await told(t, { sasl }), /takes scram-sha-512, not scram-sha-256: set KAFKA_MECHANISM/);
});

test('an account that is missing, or not asked for, is told at once', async (t) => {
  const client = new KafkaClient({ brokers: kafka.address, clientId: 'test', ssl: { ca: kafka.ca } });
  t.after(() => client.close());
  await assert.rejects(
    client.clusterId(),
    /demands an account: set KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_MECHANISM/,
  );
  assert.match(await told(t, { brokers: kafka.doors.plain, ssl: false }), /takes no account: unset KAFKA_USERNAME/);
});

test('a certificate of another authority or for another host is told at once', async (t) => {
  for (const ssl of [{ ca: elsewhere.cert }, true])
    assert.match(await told(t, { ssl }), /is not signed by KAFKA_CA: set it/);
  assert.match(
    await told(t, { brokers: kafka.doors.otherHost }),
    /is for another host: use one of its names in KAFKA_BROKERS/,
  );
});

test('a file that is no certificate, or a key of another one, is told by its setting', async (t) => {
  assert.match(await told(t, { ssl: { ca: 'nonsense' } }), /^KAFKA_CA cannot be used/);
  const { cert } = kafka.client;
  for (const ssl of [
    { cert, key: elsewhere.key },
    { cert: 'nonsense', key: 'nonsense' },
  ])
    assert.match(await told(t, { ssl }), /^KAFKA_CERTIFICATE with KAFKA_KEY cannot be used/);
  assert.match(await told(t, { ssl: { cert } }), /set both KAFKA_CERTIFICATE and KAFKA_KEY/);
});

test('TLS at a listener without it, and none at a listener with it, are told at once', async (t) => {
  assert.match(await told(t, { ssl: false }), /demands TLS: set KAFKA_CA/);
  const mutual = { brokers: kafka.doors.mutual, ssl: false };
  assert.match(await told(t, mutual), /demands TLS: set KAFKA_CA/);
  for (const brokers of [kafka.doors.plain, kafka.doors.account])
    assert.match(await told(t, { brokers }), /does not speak TLS: name in KAFKA_BROKERS/);
});

test('brokers that are away, or end every connection, are told as away; the first that answers decides', async (t) => {
  assert.match(await told(t, { brokers: '127.0.0.1:1,127.0.0.1:2' }, 'unavailable'), /127.0.0.1:2/);
  const ends = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  t.after(() => ends.close());
  await new Promise((resolve) => ends.once('listening', resolve));
  const brokers = `127.0.0.1:${(ends.address() as { port: number }).port}`;
  assert.match(await told(t, { brokers }, 'unavailable'), /also does where it does not speak TLS/);
  assert.match(await told(t, { brokers, ssl: false }, 'unavailable'), /does not answer/);
  assert.ok(await clientFor(t, { brokers: `${brokers},${kafka.address}` }).clusterId());
});

test('an account that may not use a topic or a group is told so by name, and goes on once it may', async (t) => {
  await (await logFor(t)).publish(open, [numbered(1)]);
  const isForbidden = (what: RegExp) => (error: Error) =>
    isFault(error, 'KafkaForbidden') && error.kind === 'invalid' && what.test(error.message);
  const client = clientFor(t, { sasl: accountOf('nobody') });
  await assert.rejects(logFor(t, { username: 'nobody' }), isForbidden(/topic quantrac.private.logs.v1 .*by an ACL/));
  await assert.rejects(
    client.fetch([{ topic: open.name, partition: 0, offset: 0 }], 0),
    isForbidden(/quantrac.numbers.v1/),
  );
  const record = { partition: 0, key: Buffer.from('a'), headers: {}, value: Buffer.from('1') };
  const reader = clientFor(t, { sasl: accountOf('acme') });
  await assert.rejects(reader.send([{ topic: open.name, records: [record] }]), isForbidden(/quantrac.numbers.v1/));
  const joining = () =>
    clientFor(t, { sasl: accountOf('acme') }).join({
      group: 'others',
      topics: [open.name],
      sessionMs: 10_000,
      onAssigned: () => {},
      onRevoked: () => {},
      onEnded: () => {},
      onConfirmed: () => {},
    });
  await assert.rejects(joining(), isForbidden(/join its group to read quantrac.numbers.v1/));
  await acl('--allow-principal', 'User:acme', '--operation', 'Read', '--group', 'others');
  await joining();
});

test('a member of a group that loses its right says so in its health, and reads on once it has it again', async (t) => {
  const log = await logFor(t);
  const lost = topic('quantrac.lost.v1');
  await log.publish(lost, [numbered(1)]);
  const seen: number[] = [];
  const positions = { current: {} };
  const { health } = await log.subscribe({
    ...following([lost], 'gamma', () => {}),
    positions: async () => positions.current,
    handle: async (batch) => {
      seen.push(...batch.records.map(numberOf));
      positions.current = { ...positions.current, ...batch.positions };
    },
  });
  await eventually(() => seen.length === 1);
  const denied = ['--deny-principal', 'User:services', '--operation', 'Read', '--group', 'gamma'];
  await acl(...denied);
  await eventually(() =>
    /does not let the account join its group to read quantrac.lost/.test(health().lastError ?? ''),
  );
  await acl(...denied, '--remove');
  await log.publish(lost, [numbered(2)]);
  await eventually(() => seen.length === 2 && health().active && health().lastError === undefined);
  assert.deepEqual(seen, [1, 2]);
});

test('a group of a topic that the account may not see says so in its health', async (t) => {
  await acl('--deny-principal', 'User:services', '--operation', 'All', '--topic', 'quantrac.unseen.v1');
  const { health } = await (await logFor(t)).subscribe(following([topic('quantrac.unseen.v1')], 'delta', () => {}));
  await eventually(() => /use topic quantrac.unseen.v1/.test(health().lastError ?? ''));
});

test("an integrator's account reads public topics and none that is private, by our client and by Kafka's own", async (t) => {
  const log = await logFor(t);
  const [shown, hidden] = [topic('quantrac.shown.v1'), topic('quantrac.private.hidden.v1')];
  for (const one of [shown, hidden]) await log.publish(one, [numbered(7)]);
  const client = clientFor(t, { sasl: accountOf('acme') });
  const visible = await client.listTopics();
  assert.ok(
    visible.includes(shown.name) && !visible.some((name) => name.startsWith('quantrac.private.')),
    `${visible}`,
  );
  const from = ({ name }: Topic) => [0, 1].map((partition) => ({ topic: name, partition, offset: 0 }));
  assert.ok((await client.fetch(from(shown), 1000)).some(({ records }) => records.length > 0));
  await assert.rejects(client.fetch(from(hidden), 0), (error) => isFault(error, 'KafkaForbidden'));
  assert.match(await consoleReads(shown), /"number":7/);
  assert.match(await consoleReads(hidden), /TopicAuthorizationException: Not authorized to access topics/);
});

/** As an integrator would on a command line. */
function consoleReads({ name }: Topic): Promise<string> {
  writeFileSync(join(folder, 'ca.pem'), kafka.ca);
  const settings = {
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="acme" password="${accounts.acme}";`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(folder, 'ca.pem'),
  };
  const file = join(folder, 'acme.properties');
  const lines = Object.entries(settings).map((pair) => pair.join('='));
  writeFileSync(file, lines.join('\n'));
  const consumer = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  const reading = [
    '--topic',
    name,
    '--group',
    'acme.console',
    '--from-beginning',
    '--max-messages',
    '1',
    '--timeout-ms',
    '10000',
  ];
  return kafka.tool(consumer, '--bootstrap-server', kafka.address, '--command-config', file, ...reading);
}
