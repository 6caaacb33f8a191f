import type { Server } from '@grpc/grpc-js';
import type { TopicDeclaration } from '@quantrac/contracts';
import type { EventLog, LogRecord, Topic } from '@quantrac/event-log';
import type { Relay } from '@quantrac/stream-processing';
import type { Logger } from 'pino';
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
import { loggerOf } from './logger.ts';
import { stepMaker } from './make-steps.ts';
import { lockService, socketPath } from './node-folder.ts';
import { peersOf } from './peers.ts';
import { withReplays } from './rejected.ts';
import { startConsumers } from './run-consumers.ts';
import { startRelays } from './run-relays.ts';
import type { CommonSettings } from './settings.ts';
import { Stops, startTogether } from './stops.ts';
import { type HostedStores, nodeOf, openStores } from './stores.ts';
import { measuresOf } from './telemetry/measures.ts';
import { type Monitored, monitored } from './telemetry/monitor.ts';
import { beginsNothing } from './telemetry/tracing.ts';
import { tracingOf } from './telemetry/tracing-of.ts';
import { watching } from './telemetry/watching.ts';
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
  /** What a stop has not ended yet, for who cannot wait longer. */
  readonly left: () => readonly string[];
}

const TIDY_EVERY_MS = 120_000;
const TIDY_PAUSE_MS = 200;
const RETAIN_EVERY_MS = 3_600_000;

/** Starts one service on its own stores; the only way a service runs, alone or in `standalone`. */
export async function host<Settings extends CommonSettings>(options: HostOptions<Settings>): Promise<Hosted> {
  const { data, instance } = options.settings;
  const place = placeOf(options.name, instance);
  const stops = new Stops();
  stops.push('lock', lockService(data, place));
  const monitor = monitored(options.settings, place);
  const stop = () => {
    monitor?.readiness.stops();
    return stops.run();
  };
  try {
    return { ...(await start(options, { socket: socketPath(data, place), stops, monitor })), stop, left: stops.left };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A service, or one instance of it, among those that work on its node. */
export const placeOf = (service: string, instance: string | undefined): string =>
  instance === undefined ? service : `${service}-${instance}`;

interface Start {
  readonly socket: string;
  readonly stops: Stops;
  readonly monitor: Monitored | undefined;
}

async function start<Settings extends CommonSettings>(
  options: HostOptions<Settings>,
  { socket, stops, monitor }: Start,
): Promise<Omit<Hosted, 'stop' | 'left'>> {
  const { name, settings, clock = Date.now } = options;
  const { data, listen: address } = settings;
  const logger = (options.logger ?? loggerOf(settings)).child({ service: name });
  if (monitor) {
    stops.push('monitor', monitor.close);
    await monitor.open();
  }
  const onWaiting = monitor?.readiness.starts;
  const node = await nodeOf(settings, options.node ?? settings.node, { log: logger, onWaiting });
  const log = logger.child({ node });
  stops.push('log', () => log.info('stopped'));
  const tracing = await tracingOf(settings, name, node);
  if (tracing) stops.push('traces', tracing.close);
  const { peer, close } = peersOf(data, settings);
  stops.push('peers', close);
  const opened = await openStores({ settings, service: name, node, log, onWaiting });
  stops.push('stores', () => opened.close());
  const appended = newBell();
  const stores = { ...opened, events: new TellingEventStore(opened.events, appended.ring) };
  const watch = watching({ counts: monitor?.counts, tracing });
  const onRejected = (group: string) => monitor?.counts.rejected(group);
  const steps = stepMaker({ stores, node, log, watch, onRejected, definition: () => definition });
  const { step } = steps;
  const made = options.make(stores, settings, {
    ...{ node, data, log, clock, peer, step, watch },
    rejected: onRejected,
    trace: tracing?.begin ?? beginsNothing,
  });
  const definition: ServiceDefinition = withReplays(made, stores, steps.rejected);
  const isOurs = (topic: Topic, record: LogRecord) => isKnown(topic, record, { definition, stores, node });
  if (await opened.raiseIfUnknown(isOurs))
    log.warn(
      { epoch: stores.log.epoch },
      'the stores were restored: what is published from now on outranks what they have lost',
    );
  const alone = aloneOn(settings, stores.documents, log);
  const behindSince = new Map<string, number>();
  const relays = await alone('relays', async () =>
    startRelays(definition, stores, { node, appended, behindSince, log }),
  );
  stops.push('steps', steps.close);
  stops.push('relays', () => relays.stop());
  const consumers = await startConsumers(definition, stores, { peer, step, log, onRejected });
  stops.push('consumers', consumers.close);
  const retained = () => retainedTopics(definition, steps.rejected());
  stops.push('retention', startRetention(retained, stores.log, log));
  stops.push('tidying', startTidying(opened, log));
  const health = () => steps.withContradicted([...consumers.health(), ...(definition.readings?.() ?? [])]);
  const queries = { ...definition.queries, health: query(z.object({}), async () => health()) };
  const answering = { definition: { ...definition, queries }, history: historyFrom(definition, stores, node), clock };
  const server = await openGrpcServer(answering, socket);
  stops.push('gRPC', () => closeServer(server));
  if (address !== undefined) {
    const listening = await openTcpServer(answering, { address, settings, log });
    stops.push('gRPC over TCP', () => closeServer(listening));
  }
  for (const [index, run] of (definition.run ?? []).entries()) {
    const running: Running = await run();
    stops.push(`listener ${index}`, () => running.stop());
  }
  const { runAlone } = definition;
  if (runAlone) {
    const running = await alone('work', () => startTogether(runAlone));
    stops.push('work', () => running.stop());
  }
  monitor?.readiness.started(opened.servers, health);
  const outboxes = () => new Map([...agesOf(definition.relays, behindSince), ...steps.untoldMs()]);
  monitor?.measures(measuresOf({ log: stores.log, health, outboxes, own: () => definition.measures?.() ?? [] }));
  log.info('started');
  return { name, definition, node, health };
}

/** By relay, for how long it has had something to tell. */
const agesOf = (relays: readonly Relay[], behindSince: ReadonlyMap<string, number>) => {
  const now = performance.now();
  return relays.map(({ name }) => [name, now - (behindSince.get(name) ?? now)] as const);
};

const historyFrom = (definition: ServiceDefinition, stores: Stores, node: string) => (topic: string, key: string) => {
  refuseUnknownTopic(topic, definition);
  return historyOf(topic, key, { definition, stores, node });
};

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
