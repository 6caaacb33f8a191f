import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { jarsOf, serverFile } from './jars.ts';
import { startJavaServer, type TestServer } from './java-server.ts';

export interface KafkaServerOptions {
  /** Holds its data, settings and log; its own. */
  readonly folder: string;
  /** Beside the plain one, which the broker itself uses. */
  readonly listeners?: readonly KafkaListener[];
  /** Settings of the broker beside, or instead of, the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Beside those of `settings`; JAAS files, for example. */
  readonly jvmArguments?: readonly string[];
  /** Arguments of the storage tool's `format`: first users, for example. */
  readonly formatArguments?: readonly string[];
}

export interface KafkaListener {
  /** Upper case; its settings begin with `listener.name.<lower case>.`. */
  readonly name: string;
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  readonly port: number;
}

const MEMORY = ['-Xms256m', '-Xmx512m'];

/** One broker of Apache Kafka on loopback, its own controller. */
export async function startKafka(options: KafkaServerOptions): Promise<TestServer> {
  const { folder, listeners = [], settings = {}, jvmArguments = [], formatArguments = [] } = options;
  const jars = await jarsOf('kafka');
  const [port, controller] = [await freePort(), await freePort()];
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'server.properties');
  const all = {
    ...usualSettings(controller, join(folder, 'data')),
    ...listenerSettings(port, controller, listeners),
    ...settings,
  };
  writeFileSync(
    file,
    `${Object.entries(all)
      .map((pair) => pair.join('='))
      .join('\n')}\n`,
  );
  const java = ['-cp', jars, `-Dlog4j2.configurationFile=${serverFile('kafka/log4j2.properties')}`];
  if (!existsSync(join(folder, 'data'))) {
    const id = randomBytes(16).toString('base64url');
    // with its name in one word: it may begin with a hyphen
    const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', file, ...formatArguments];
    await promisify(execFile)('java', ['-XX:TieredStopAtLevel=1', ...java, ...format]);
  }
  return startJavaServer({
    address: `127.0.0.1:${port}`,
    described: 'Apache Kafka 4.3.1 (its own broker, from Maven)',
    arguments: [...MEMORY, ...java, ...jvmArguments, 'kafka.Kafka', file],
    port,
    logFile: join(folder, 'server.log'),
  });
}

const usualSettings = (controller: number, data: string): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${controller}`,
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': data,
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  // members of tests must be able to lose their session soon
  'group.min.session.timeout.ms': '500',
  // what retention deletes is gone soon
  'log.retention.check.interval.ms': '1000',
  'log.segment.delete.delay.ms': '0',
});

function listenerSettings(port: number, controller: number, others: readonly KafkaListener[]): Record<string, string> {
  const reached = [{ name: 'PLAINTEXT', protocol: 'PLAINTEXT', port }, ...others];
  const addresses = reached.map(({ name, port }) => `${name}://127.0.0.1:${port}`);
  const protocols = reached.map(({ name, protocol }) => `${name}:${protocol}`);
  return {
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${controller}`].join(','),
    'advertised.listeners': addresses.join(','),
    'listener.security.protocol.map': [...protocols, 'CONTROLLER:PLAINTEXT'].join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
  };
}
