import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type KafkaListener, startKafka } from '@quantrac/conformance/servers/kafka-server';
import { kafkaToolsIn } from '@quantrac/conformance/servers/kafka-tools';
import { commonSettings, type Peers, peersOf, readSettings } from '@quantrac/service';
import { freePort, onServers, type ServiceProcess, startProcess, temporaryFolder } from '@quantrac/testing';
import { type Composition, type Container, image, ownServices, root } from './composition.ts';

/** The containers of docker-compose.yml as processes: same commands and environment, only addresses and folders are this machine's. */
export interface Composed {
  /** A command that ends, such as the one that makes topics; what it wrote. Throws when it fails. */
  run(name: string, ...args: readonly string[]): Promise<string>;
  /** All that go on running, each as often as it is there. */
  start(): Promise<readonly ServiceProcess[]>;
  /** The port here of a container's port. */
  readonly portOf: (name: string, port: number) => number;
  /** The services of a node, by its own settings. */
  readonly peersOf: (node: string) => Peers;
}

type Variables = Readonly<Record<string, string>>;

export interface ComposedOptions {
  readonly all: Composition;
  /** Where .env and certificates were made. */
  readonly folder: string;
  /** `host:port` of the broker where accounts come in. */
  readonly broker: string;
}

const ADDRESS = /\b([a-z]+-[a-z-]+):(\d+)/g;
const { PATH = '' } = process.env;

export async function composed(t: TestContext, options: ComposedOptions): Promise<Composed> {
  const { all } = options;
  const portOf = await portsHere(all);
  const variablesOf = variablesHere(options, portOf);
  const start = async (name: string, container: Container, instance: number): Promise<ServiceProcess> => {
    const own = variablesOf(name);
    // a name stands for one address here, which the first instance has
    const env = { PATH, ...own, ...(instance > 0 && (await otherPorts(own))) };
    const started = await startProcess(name, argumentsOf(container), { cwd: folderOf(container), env });
    t.after(() => started.stop());
    return started;
  };
  return {
    portOf,
    async run(name, ...args) {
      const container = all.services[name]!;
      const here = { cwd: folderOf(container), env: { PATH, ...variablesOf(name) } };
      return (await promisify(execFile)(process.execPath, [...argumentsOf(container), ...args], here)).stdout;
    },
    start: () => Promise.all(instancesOf(all).map((one) => start(...one))),
    peersOf(node) {
      const settings = readSettings(commonSettings, variablesOf(`${node}-topics`));
      const peers = peersOf(settings.data, settings);
      t.after(() => peers.close());
      return peers;
    },
  };
}

const instancesOf = (all: Composition) =>
  ownServices(all)
    .filter(([, { profiles, restart }]) => profiles === undefined && restart !== 'no')
    .flatMap(([name, container]) =>
      Array.from({ length: container.scale ?? 1 }, (_, instance) => [name, container, instance] as const),
    );

const folderOf = ({ build }: Container) => join(root, 'services', build!.args.SERVICE);

function argumentsOf({ entrypoint = [], command = entrypoint.length > 0 ? [] : image.command }: Container) {
  const [program, ...args] = [...entrypoint, ...command];
  if (program !== 'node') throw new Error(`${program} is not in our images`);
  return args;
}

/** A free one for each port of each container. */
async function portsHere(all: Composition): Promise<Composed['portOf']> {
  const ports = new Map<string, number>();
  for (const [name, { environment }] of ownServices(all))
    for (const port of portsIn({ ...image.environment, ...environment }))
      ports.set(`${name}:${port}`, await freePort());
  return (name, port) => ports.get(`${name}:${port}`)!;
}

/** The environment of a container, with this machine's addresses and folders. */
function variablesHere({ all, folder, broker }: ComposedOptions, portOf: Composed['portOf']) {
  // databases of this test's own on a server that others use too
  const own = randomBytes(4).toString('hex');
  const here = (text: string) => text.replaceAll(ADDRESS, (_, host, port) => `localhost:${portOf(host, port)}`);
  return (name: string): Variables => {
    const { environment, secrets = [] } = all.services[name]!;
    const replaced = (variable: string, value: string): string => {
      const secret = secrets.find(({ target }) => value === `/run/secrets/${target}`);
      if (secret) return join(folder, all.secrets[secret.source]!.file);
      if (variable === 'QUANTRAC_DATA') return temporaryFolder();
      if (variable === 'KAFKA_BROKERS') return broker;
      if (variable === 'MONGO_URL') return onServers(folder).mongoUrl;
      if (variable === 'MONGO_PREFIX') return `${own}-${value}`;
      if (variable === 'QUANTRAC_LISTEN') return value.replace(/\d+$/, (port) => String(portOf(name, Number(port))));
      return variable.endsWith('_PORT') ? String(portOf(name, Number(value))) : here(value);
    };
    const given = Object.entries({ ...image.environment, ...environment });
    return Object.fromEntries(given.map(([variable, value]) => [variable, replaced(variable, String(value))]));
  };
}

const portsIn = (environment: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(environment).flatMap(([variable, value]) => {
    if (variable === 'QUANTRAC_LISTEN') return [String(value).split(':')[1]!];
    return variable.endsWith('_PORT') ? [String(value)] : [];
  });

async function otherPorts(environment: Variables): Promise<Variables> {
  const others: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment))
    if (variable === 'QUANTRAC_LISTEN' || variable.endsWith('_PORT'))
      others[variable] = value.replace(/\d+$/, String(await freePort()));
  return others;
}

/** Where a broker has its place and its data: each machine's own. */
const PLACE =
  /^(node\.id|process\.roles|listeners|advertised\.listeners|log\.dirs|controller\..*|listener\.security.*|inter\.broker.*)$/;

/** The composition's broker with its accounts, as its own settings and its own script make them; answers where services come in. */
export async function composedKafka(t: TestContext, all: Composition): Promise<string> {
  const folder = temporaryFolder('kafka');
  const given = Object.entries(all.services.kafka!.environment!).map(([variable, value]) => [
    propertyOf(variable),
    String(value),
  ]);
  const { 'listener.security.protocol.map': protocols } = Object.fromEntries(given);
  const protocol = /SERVICES:(\w+)/.exec(protocols)![1] as KafkaListener['protocol'];
  const port = await freePort();
  const kafka = await startKafka({
    folder,
    listeners: [{ name: 'SERVICES', protocol, port }],
    settings: Object.fromEntries(given.filter(([property]) => !PLACE.test(property!))),
  });
  t.after(() => kafka.stop());
  const { command, environment } = all.services['kafka-accounts']!;
  const [program, ...args] = command!.map((word) => word.replace(/^\/deploy\//, `${join(root, 'deploy')}/`));
  const tools = await kafkaToolsIn(join(folder, 'bin'));
  const env = { ...environment, PATH: [tools, PATH].join(delimiter), KAFKA_ADMIN: kafka.address } as NodeJS.ProcessEnv;
  await promisify(execFile)(program!, args, { env });
  return `127.0.0.1:${port}`;
}

/** As the image of Kafka reads its variables. */
const propertyOf = (variable: string): string =>
  variable
    .slice('KAFKA_'.length)
    .toLowerCase()
    .replaceAll('___', '-')
    .replaceAll(/(?<!_)_(?!_)/g, '.')
    .replaceAll('__', '_');
