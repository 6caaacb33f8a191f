import type { Server } from '@grpc/grpc-js';
import type { TopicDeclaration } from '@quantrac/contracts';
import type { EventLog, LogRecord, Topic } from '@quantrac/event-log';
import { type Logger, pino } from 'pino';
import { z } from 'zod';
import { newBell } from './bell.ts';
import {
  type GroupHealth,
  query,
  type Running,
  type ServiceDefinition,
  type Stores,
  type Surroundings,
} from './definition.ts';
import { openGrpcServer, openTcpServer } from './grpc-server.ts';
import { historyOf, refuseUnknownTopic } from './history.ts';
import { isKnown } from './known-record.ts';
import { aloneOn } from './lease.ts';
import { stepMaker } from './make-steps.ts';
import { lockService, socketPath } from './node-folder.ts';
import { peersOf } from './peers.ts';
import { withReplays } from './rejected.ts';
import { startConsumers } from './run-consumers.ts';
import { startRelays } from './run-relays.ts';
import type { CommonSettings } from './settings.ts';
import { type HostedStores, nodeOf, openStores } from './stores.ts';
import { TellingEventStore } from './telling-event-store.ts';

/** What a service's own file offers the shell. */
export type MakeService<Settings> = (
  stores: Stores,
  settings: Settings,
  surroundings: Surroundings,
) => ServiceDefinition;

export interface HostOptions<Settings extends CommonSettings> {
  readonly name: string;
  readonly make: MakeService<Settings>;
  readonly settings: Settings;
  readonly clock?: () => number;
  readonly logger?: Logger;
  /** The node's id, where the folder does not know it yet. */
  readonly node?: string | undefined;
  /** Told once it runs, so that who composes several can stop them when a later one fails. */
  readonly onHosted?: ((hosted: Hosted) => void) | undefined;
}

export interface Hosted {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly node: string;
  /** Ready: every consumer has its partitions or stands by. */
  readonly health: () => readonly GroupHealth[];
  /** In order: stop accepting, stop consumers, publish what was committed, close the stores. */
  stop(): Promise<void>;
}

const TIDY_EVERY_MS = 120_000;
const TIDY_PAUSE_MS = 200;
const RETAIN_EVERY_MS = 3_600_000;

/** Starts one service on its own stores; the only way a service runs, alone or in `standalone`. */
export async function host<Settings extends CommonSettings>(options: HostOptions<Settings>): Promise<Hosted> {
  const { data, instance } = options.settings;
  const place = instance === undefined ? options.name : `${options.name}-${instance}`;
  const stops: Stop[] = [lockService(data, place)];
  const stop = once(() => inReverse(stops));
  try {
    return { ...(await start(options, socketPath(data, place), stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is to be undone goes to `stops` as it is done, so that a start that fails half-way leaves nothing. */
async function start<Settings extends CommonSettings>(
  options: HostOptions<Settings>,
  socket: string,
  stops: Stop[],
): Promise<Omit<Hosted, 'stop'>> {
  const { name, settings, clock = Date.now } = options;
  const { data, listen: address } = settings;
  const logger = loggerOf(options).child({ service: name });
  const node = await nodeOf(settings, options.node ?? settings.node, logger);
  const log = logger.child({ node });
  stops.push(() => log.info('stopped'));
  const { peer, close } = peersOf(data, settings);
  stops.push(close);
  const opened = await openStores({ settings, service: name, node, log });
  stops.push(() => opened.close());
  const appended = newBell();
  const stores = { ...opened, events: new TellingEventStore(opened.events, appended.ring) };
  const steps = stepMaker({ stores, node, log, definition: () => definition });
  const { step, rejected, withContradicted } = steps;
  const made = options.make(stores, settings, { node, data, log, clock, peer, step });
  const definition: ServiceDefinition = withReplays(made, stores, rejected);
  const isOurs = (topic: Topic, record: LogRecord) => isKnown(topic, record, { definition, stores, node });
  if (await opened.raiseIfUnknown(isOurs))
    log.warn(
      { epoch: stores.log.epoch },
      'the stores were restored: what is published from now on outranks what they have lost',
    );
  const alone = aloneOn(settings, stores.documents, log);
  const relays = await alone('relays', async () => startRelays(definition, stores, { node, appended, log }));
  stops.push(steps.close, () => relays.stop());
  const consumers = await startConsumers(definition, stores, { peer, step, log });
  stops.push(
    consumers.close,
    startRetention(() => retainedTopics(definition, rejected()), stores.log, log),
    startTidying(opened, log),
  );
  const health = () => withContradicted([...consumers.health(), ...(definition.readings?.() ?? [])]);
  const queries = { ...definition.queries, health: query(z.object({}), async () => health()) };
  const answering = { definition: { ...definition, queries }, history: historyFrom(definition, stores, node), clock };
  const server = await openGrpcServer(answering, socket);
  stops.push(() => closeServer(server));
  if (address !== undefined) {
    const listening = await openTcpServer(answering, { address, settings, log });
    stops.push(() => closeServer(listening));
  }
  for (const run of definition.run ?? []) {
    const running: Running = await run();
    stops.push(() => running.stop());
  }
  for (const [index, run] of (definition.runAlone ?? []).entries()) {
    const running = await alone(`work-${index}`, run);
    stops.push(() => running.stop());
  }
  log.info('started');
  return { name, definition, node, health };
}

const historyFrom = (definition: ServiceDefinition, stores: Stores, node: string) => (topic: string, key: string) => {
  refuseUnknownTopic(topic, definition);
  return historyOf(topic, key, { definition, stores, node });
};

const loggerOf = ({ logger, settings }: { logger?: Logger; settings: CommonSettings }): Logger =>
  logger ?? pino({ level: settings.logLevel, serializers: { error: pino.stdSerializers.err } });

type Stop = () => void | Promise<void>;

/** One that fails keeps no other from being stopped. */
async function inReverse(stops: readonly Stop[]): Promise<void> {
  const failed: unknown[] = [];
  for (const stop of stops.toReversed())
    try {
      await stop();
    } catch (error) {
      failed.push(error);
    }
  if (failed.length > 0) throw failed[0];
}

/** Everything that this service lets grow: its topics, and what its groups have set aside. */
export const retainedTopics = (
  { topics, setAside = [] }: ServiceDefinition,
  rejected: readonly TopicDeclaration[],
): readonly TopicDeclaration[] => [...topics, ...setAside, ...rejected];

function startRetention(topics: () => readonly Topic[], eventLog: EventLog, log: Logger): () => Promise<void> {
  const retain = async () => {
    for (const topic of topics())
      await eventLog
        .retain(topic)
        .catch((error) => log.warn({ topic: topic.name, error }, 'old records could not be deleted'));
  };
  const timer = setInterval(() => void retain(), RETAIN_EVERY_MS);
  timer.unref();
  return async () => clearInterval(timer);
}

/** A few blocks at a time, with pauses, so that whoever waits for a commit hardly notices. */
function startTidying(stores: HostedStores, log: Logger): () => Promise<void> {
  let timer: NodeJS.Timeout;
  let working: Promise<void> = Promise.resolve();
  const tidy = async () => {
    const more = await stores.tidy().catch((error) => {
      log.warn({ error }, 'closed hours could not be made small');
      return false;
    });
    timer = setTimeout(go, more ? TIDY_PAUSE_MS : TIDY_EVERY_MS);
  };
  const go = () => {
    working = tidy();
  };
  timer = setTimeout(go, TIDY_EVERY_MS);
  return async () => {
    clearTimeout(timer);
    await working;
    clearTimeout(timer);
  };
}

async function closeServer(server: Server): Promise<void> {
  const force = setTimeout(() => server.forceShutdown(), 2000);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(force);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
