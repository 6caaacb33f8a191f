import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka } from './kafka-server.ts';
import { startMongo } from './mongo-server.ts';

/** A server for tests, whoever runs it. */
export interface Server {
  /** What the setting gets. */
  readonly address: string;
  /** In words, for the closing lines of a test run. */
  readonly described: string;
  stop(): Promise<void>;
}

/** Which servers a run needs, by the setting that names each. */
export type ServerSetting = 'KAFKA_BROKERS' | 'MONGO_URL';

interface Ways {
  readonly name: string;
  readonly container: () => Promise<Server>;
  readonly process: (folder: string) => Promise<Server>;
}

const ways: Readonly<Record<ServerSetting, Ways>> = {
  KAFKA_BROKERS: {
    name: 'kafka',
    container: async () => (await import('./containers.ts')).kafkaContainer(),
    process: (folder) => startKafka({ folder }),
  },
  MONGO_URL: {
    name: 'mongo',
    container: async () => (await import('./containers.ts')).mongoContainer(),
    process: (folder) => startMongo({ folder }),
  },
};

/** The one that the setting names; else a container where a Docker engine answers; else a process of its own from Maven, with its data in `folder`. */
export async function openServer(
  setting: ServerSetting,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Server> {
  const given = environment[setting];
  if (given) return { address: given, described: `the server that ${setting} names`, stop: async () => {} };
  const { name, container, process } = ways[setting];
  return dockerAnswers(environment) ? container() : process(join(folder, name));
}

const dockerAnswers = ({ DOCKER_HOST }: NodeJS.ProcessEnv): boolean =>
  Boolean(DOCKER_HOST) || existsSync('/var/run/docker.sock');
