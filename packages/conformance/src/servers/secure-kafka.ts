import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Certificate, newAuthority } from '@quantrac/certificates';
import { freePort } from './free-port.ts';
import { jarsOf, serverFile } from './jars.ts';
import type { TestServer } from './java-server.ts';
import { type KafkaListener, startKafka } from './kafka-server.ts';

/** A broker that demands both TLS and an account, and, for tests of wrong settings, other doors to it. */
export interface SecureKafka extends TestServer {
  /** `host:port` of TLS and SCRAM-SHA-512. */
  readonly address: string;
  readonly doors: {
    /** Neither TLS nor an account; who comes in here may do everything. */
    readonly plain: string;
    /** TLS with a certificate of the client's own. */
    readonly mutual: string;
    /** An account by SCRAM-SHA-256 without TLS. */
    readonly account: string;
    /** As `address`, with a certificate for another host. */
    readonly otherHost: string;
  };
  /** In PEM; signs the broker's certificate. */
  readonly ca: string;
  /** One that the broker's authority has signed. */
  readonly client: Certificate;
  /** One of Kafka's own tools by its class, as `bin/<name>.sh` runs it; answers what it wrote. Throws when it fails. */
  tool(name: string, ...parameters: readonly string[]): Promise<string>;
}

/** With the accounts, by name and password; whoever is none of them, and has no ACL, may do nothing. */
export async function startSecureKafka(
  folder: string,
  accounts: Readonly<Record<string, string>>,
): Promise<SecureKafka> {
  const authority = newAuthority('test authority');
  const { listeners, settings } = await doorsOf(folder, authority);
  const users = Object.entries(accounts).flatMap(([name, password]) =>
    mechanisms.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]),
  );
  const server = await startKafka({ folder, listeners, settings, formatArguments: users });
  const jars = await jarsOf('kafka');
  const [both, mutual, account, otherHost] = listeners.map(({ port }) => `127.0.0.1:${port}`) as Doors;
  return {
    ...server,
    address: both,
    doors: { plain: server.address, mutual, account, otherHost },
    ca: authority.cert,
    client: authority.issue('client'),
    async tool(name, ...parameters) {
      const log = `-Dlog4j2.configurationFile=${serverFile('kafka/log4j2.properties')}`;
      const java = ['-XX:TieredStopAtLevel=1', '-Xmx128m', '-cp', jars, log, name, ...parameters];
      return (await promisify(execFile)('java', java)).stdout;
    },
  };
}

type Doors = [both: string, mutual: string, account: string, otherHost: string];

const mechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256'];

async function doorsOf(folder: string, authority: ReturnType<typeof newAuthority>) {
  mkdirSync(folder, { recursive: true });
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const trusted = fileOf('ca.pem', authority.cert);
  const pem = (name: string, { cert, key }: Certificate) => fileOf(name, `${key}${cert}`);
  const own = pem('broker.pem', authority.issue('127.0.0.1', 'localhost'));
  const others = pem('other-host.pem', authority.issue('kafka.example.org'));
  const door = async (name: string, protocol: KafkaListener['protocol']) => ({
    name,
    protocol,
    port: await freePort(),
  });
  const listeners = [
    await door('BOTH', 'SASL_SSL'),
    await door('MUTUAL', 'SSL'),
    await door('ACCOUNT', 'SASL_PLAINTEXT'),
    await door('OTHERHOST', 'SASL_SSL'),
  ];
  const settings = {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // the broker itself, by its plain listeners
    'super.users': 'User:ANONYMOUS',
    ...tls('both', own),
    ...account('both', 'SCRAM-SHA-512'),
    ...tls('mutual', own),
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.mutual.ssl.truststore.type': 'PEM',
    'listener.name.mutual.ssl.truststore.location': trusted,
    ...account('account', 'SCRAM-SHA-256'),
    ...tls('otherhost', others),
    ...account('otherhost', 'SCRAM-SHA-512'),
  };
  return { listeners, settings };
}

const tls = (listener: string, file: string): Record<string, string> => ({
  [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
  [`listener.name.${listener}.ssl.keystore.location`]: file,
});

const account = (listener: string, mechanism: string): Record<string, string> => ({
  [`listener.name.${listener}.sasl.enabled.mechanisms`]: mechanism,
  [`listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config`]:
    'org.apache.kafka.common.security.scram.ScramLoginModule required;',
});
