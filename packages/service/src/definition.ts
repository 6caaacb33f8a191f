import type { ServiceDefinition as ServiceDefinitionOfGrpc, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { BlobStore } from '@quantrac/blob-store';
import type { Actor, TopicDeclaration } from '@quantrac/contracts';
import type { DocumentStore } from '@quantrac/document-store';
import type { EventLog } from '@quantrac/event-log';
import type { EventStore } from '@quantrac/event-store';
import type { JournalStore } from '@quantrac/journal-store';
import type { Processor, Relay, Step, StepStore, WatchBatch } from '@quantrac/stream-processing';
import type { TimeSeries } from '@quantrac/time-series';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Peer } from './grpc-client.ts';
import type { Measure } from './telemetry/metrics.ts';
import type { Tracing } from './telemetry/tracing.ts';

/** A service's own stores, of whichever profile. */
export interface Stores {
  readonly events: EventStore;
  readonly log: EventLog;
  readonly documents: DocumentStore;
  readonly series: TimeSeries;
  readonly blobs: BlobStore;
  readonly journals: JournalStore;
  /** Commits of cells with all they bring along. */
  readonly steps: StepStore;
}

/** What the shell lends a service beside its stores. */
export interface Surroundings {
  /** The node's permanent id. */
  readonly node: string;
  /** The folder that holds all state of the node. */
  readonly data: string;
  readonly log: Logger;
  /** The only clock; read where a command or a file comes in. */
  readonly clock: () => number;
  /** Another service of this node. */
  readonly peer: (service: string) => Peer;
  /** Follows the batches of a group that takes them without a step. */
  readonly watch: (group: string) => WatchBatch;
  /** Begins a trace where something comes in. */
  readonly trace: Tracing['begin'];
  /** A record was set aside by such a group. */
  readonly rejected: (group: string) => void;
  /** How a step is made for a processor that is not fed from topics. */
  readonly step: <State>(processor: Processor<State>) => Step<State>;
}

/** Who asked, under which id, when; the same command id again gives the first result. */
export interface CommandContext {
  readonly actor: Actor;
  readonly commandId: string;
  /** ms; read from the clock once, where the command came in. */
  readonly at: number;
  /** Of what it came of: for the metadata of its events. */
  readonly traceparent?: string;
}

export interface CommandHandler<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly handle: (data: z.infer<Schema>, context: CommandContext) => Promise<unknown>;
}

export interface QueryHandler<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** Rows of the answer, in order; streamed to the asker in batches. */
  readonly answer: (args: z.infer<Schema>) => Promise<readonly unknown[]>;
}

/** Keeps a handler's data typed by its own schema. */
export const command = <Schema extends z.ZodType>(
  schema: Schema,
  handle: CommandHandler<Schema>['handle'],
): CommandHandler => ({ schema, handle }) as CommandHandler;

export const query = <Schema extends z.ZodType>(schema: Schema, answer: QueryHandler<Schema>['answer']): QueryHandler =>
  ({ schema, answer }) as QueryHandler;

/** Work that is neither a processor nor an answer: a listener, a mailer. */
export interface Running {
  /** Resolves when the work in hand is done; nothing new is begun. */
  stop(): Promise<void>;
}

/** A gRPC service of the service's own, beside those that every owner has. */
export interface GrpcService {
  readonly service: ServiceDefinitionOfGrpc;
  readonly handlers: UntypedServiceImplementation;
}

/** How a group fares. */
export interface GroupHealth {
  readonly group: string;
  /** It has its partitions, or is fed by the service itself. */
  readonly active: boolean;
  readonly lastError?: string;
  /** Versions since the start that it would have written again with other bytes; undefined: none. */
  readonly contradicted?: number;
}

/** What a service consists of; the shell hosts it. */
export interface ServiceDefinition {
  readonly name: string;
  /** The topics it produces; whoever owns a topic serves its History. */
  readonly topics: readonly TopicDeclaration[];
  /** Where a group of its own sets records aside, beside its processors' rejected topics. */
  readonly setAside?: readonly TopicDeclaration[];
  readonly grpc?: readonly GrpcService[];
  // biome-ignore lint/suspicious/noExplicitAny: each processor has a state of its own
  readonly processors: readonly Processor<any>[];
  readonly relays: readonly Relay[];
  readonly commands: Readonly<Record<string, CommandHandler>>;
  readonly queries: Readonly<Record<string, QueryHandler>>;
  /** What it reads topics with beside its processors, for health. */
  readonly readings?: () => readonly GroupHealth[];
  /** What its gauges show beside what every service has. */
  readonly measures?: () => readonly Measure[];
  /** Handles `CommandOutput`s of the processors: by aggregate name. */
  readonly aggregates?: Readonly<
    Record<string, (streamId: string, command: unknown, context: CommandContext) => Promise<void>>
  >;
  /** Started after the stores and the gRPC server, stopped first, in reverse order. */
  readonly run?: readonly (() => Promise<Running>)[];
  /** The same, for work that one instance of the service does at a time, all of it together; another takes over within seconds. Started again when it comes back. */
  readonly runAlone?: readonly (() => Promise<Running>)[];
}
