import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, Subscription, Topic } from '@quantrac/event-log';
import { commandHandler, Fault, fold } from '@quantrac/event-sourcing';
import type { JournalStore } from '@quantrac/journal-store';
import type { Measure, Running, Stores, Surroundings } from '@quantrac/service';
import type { MinistrySyncSettings } from './config.ts';
import { topicsOf } from './domain/forwarding-policy.ts';
import {
  journalStream,
  type NodeJournal,
  type NodeJournalEvent,
  newestOf,
  nodeJournal,
} from './domain/node-journal.ts';
import { beginIncarnation, journalName } from './journal/begin-incarnation.ts';
import { startFeed } from './journal/feed.ts';
import { OutboundJournal } from './journal/outbound-journal.ts';
import type { Link } from './link/link.ts';
import type { Ministry } from './link/ministry.ts';
import { type NodeLinkContext, type NodeSession, sendingLink, standingLink } from './link/node-links.ts';
import type { StopReason } from './link/standing.ts';
import { lastTold, type Said } from './tell-replication.ts';

export interface ReplicationOptions {
  readonly stores: Stores;
  readonly journals: JournalStore;
  readonly settings: MinistrySyncSettings;
  readonly surroundings: Surroundings;
  /** Undefined: none is set, the journal only grows. */
  readonly ministry: Ministry | undefined;
  /** What a session asks for beside the journal. */
  readonly session: NodeSession;
}

const LOOK_AGAIN_MS = 5000;
const RETRY_MS = 1000;

/** The node's journal at work: it grows, it is sent, and it stands still once both sides have named a reason. */
export class Replication {
  readonly #options: ReplicationOptions;
  #closing = new AbortController();
  #isActive = false;
  #journal: OutboundJournal | undefined;
  #link: Link | undefined;
  #phase: Said['state'] = 'connecting';
  #problem: string | null = null;
  #incarnation = 1;
  #stopped: Said['stopped'] = null;
  #acknowledged = 0;
  #setAside = 0;
  #feed: Subscription | undefined;
  #lookAgain = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReplicationOptions) {
    this.#options = options;
  }

  async start(): Promise<Running> {
    const { stores, surroundings } = this.#options;
    const before = await lastTold(stores.documents, surroundings.node);
    this.#incarnation = before?.incarnation ?? 1;
    this.#acknowledged = before?.acknowledged ?? 0;
    this.#closing = new AbortController();
    this.#isActive = true;
    this.#running = this.#run();
    return {
      stop: async () => {
        this.#isActive = false;
        this.#closing.abort();
        this.#lookAgain.abort();
        await this.#running;
      },
    };
  }

  async state(): Promise<NodeJournal> {
    const { stores, surroundings } = this.#options;
    return fold(nodeJournal, (await stores.events.read<NodeJournalEvent>(journalStream(surroundings.node))).events);
  }

  /** The next incarnation was opened. */
  goOn(): void {
    this.#lookAgain.abort();
  }

  answerDirectives(): void {
    this.#link?.answerDirectives();
  }

  said(): Said {
    const { size = 0, rootHex = '' } = this.#journal ?? {};
    return {
      node: this.#options.surroundings.node,
      incarnation: this.#incarnation,
      appended: size,
      acknowledged: this.#acknowledged,
      root: rootHex,
      state: this.#phase,
      stopped: this.#stopped,
    };
  }

  /** The same, whichever instance is at work. */
  async saidByActive(): Promise<Said> {
    const { stores, surroundings } = this.#options;
    const told = this.#isActive ? undefined : await lastTold(stores.documents, surroundings.node);
    return told ?? this.said();
  }

  /** A journal that cannot grow is worse than a ministry that is away. */
  health = () => ({ problem: this.#feed?.health().lastError ?? this.#problem, setAside: this.#setAside });

  /** Of the one instance that is at work. */
  measures(): readonly Measure[] {
    const { appended, acknowledged } = this.said();
    if (!this.#isActive) return [];
    return [
      { metric: 'journalAppended', labels: {}, value: appended },
      { metric: 'journalAcknowledged', labels: {}, value: acknowledged },
    ];
  }

  /** Of the reading of the topics, while there is one. */
  reading = () => (this.#feed ? [{ group: 'ministry-sync', ...this.#feed.health() }] : []);

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const state = await this.state();
        this.#stopped = state.stopped && { code: state.stopped.code, message: state.stopped.message };
        if (state.stopped) await this.#standStill(state);
        else await this.#replicate(state);
      } catch (error) {
        this.#options.surroundings.log.error({ err: error }, 'replication failed and is tried again');
        this.#problem = (error as Error).message;
        await sleep(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /** Until an operator opens the next incarnation, here or in another instance; heartbeats and directives go on. */
  async #standStill(state: NodeJournal): Promise<void> {
    const { journals, settings, surroundings } = this.#options;
    const { code, message, size } = state.stopped!;
    this.#phase = 'stopped';
    this.#problem = message;
    this.#incarnation = newestOf(state);
    const name = journalName(surroundings.node, this.#incarnation);
    this.#journal = await OutboundJournal.open(journals, name, settings.blockRecords);
    const context = this.#linkContext();
    const link = context && standingLink(state, { code, message, at: size }, context);
    this.#link = link;
    try {
      while (!this.#closing.signal.aborted && (await this.state()).stopped) {
        this.#lookAgain = new AbortController();
        await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#lookAgain.signal }).catch(() => undefined);
      }
    } finally {
      this.#link = undefined;
      await link?.close();
    }
  }

  /** One incarnation, until replication stops or the node does. */
  async #replicate(state: NodeJournal): Promise<void> {
    const { settings, journals, stores, surroundings, ministry } = this.#options;
    const { policy, blockRecords, gatherMs } = settings;
    const { node, peer, log, watch } = surroundings;
    const topics = topicsOf(policy);
    const journal = await beginIncarnation(state, { journals, node, blockRecords, topics });
    if (newestOf(state) !== this.#incarnation) this.#acknowledged = 0;
    this.#journal = journal;
    this.#incarnation = newestOf(state);
    this.#phase = ministry ? 'connecting' : 'waiting';
    this.#problem = ministry ? null : 'no ministry is set';
    const context = this.#linkContext();
    const link = context && this.#linkTo(context, state);
    this.#link = link;
    const feed = await startFeed({
      log: stores.log,
      journal,
      policy,
      blockRecords,
      gatherMs,
      history: (topic: Topic): AsyncIterable<readonly LogRecord[]> => peer(topic.producer).history(topic.name),
      watch: watch('ministry-sync'),
      allowed: () => this.#mayAppend(),
      onAppended: () => this.#link?.grown(),
      onSetAside: (record, fault) => {
        this.#setAside++;
        surroundings.rejected('ministry-sync');
        log.error({ key: record.key, code: fault.code, reason: fault.message }, 'a record was set aside');
      },
      onFailure: (error) => this.#tellFailure(error as Error),
    });
    this.#feed = feed;
    try {
      const reason = await Promise.race([link?.ended ?? this.#closed(), this.#closed()]);
      if (reason) await this.#stop(reason);
    } finally {
      this.#feed = undefined;
      await feed.close();
      await link?.close();
      this.#link = undefined;
    }
  }

  /** What stays wrong is told once. */
  #tellFailure(error: Error): void {
    if (error.message === this.#feed?.health().lastError) return;
    this.#options.surroundings.log.error({ err: error }, 'the journal cannot grow and tries again');
  }

  #closed(): Promise<undefined> {
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      if (signal.aborted) resolve(undefined);
    });
  }

  /** Before the first record after a start the ministry says what it holds, if it can be asked. */
  async #mayAppend(): Promise<void> {
    const objection = await this.#link?.asked();
    if (objection || (await this.state()).stopped)
      throw Fault.rejected('ReplicationStopped', 'replication has stopped: an operator must decide');
  }

  #linkTo(context: NodeLinkContext, state: NodeJournal): Link {
    const incarnation = this.#incarnation;
    const told = {
      active: () => this.#feed?.health().active ?? false,
      onConnecting: () => {
        this.#phase = 'connecting';
      },
      onLost: (problem: string) => {
        this.#phase = 'waiting';
        this.#problem = problem;
      },
      onWelcomed: (there: number, size: number) => {
        this.#phase = 'streaming';
        this.#problem = null;
        this.#acknowledged = there === incarnation ? size : 0;
      },
      onAcknowledged: (there: number, size: number) => {
        if (there === incarnation) this.#acknowledged = size;
      },
    };
    return sendingLink(state, told, context);
  }

  /** Undefined: no ministry is set. */
  #linkContext(): NodeLinkContext | undefined {
    const { ministry, journals, settings, session, surroundings } = this.#options;
    const traceparents: NodeLinkContext['traceparents'] = (incarnation, first, last) =>
      incarnation === this.#incarnation ? (this.#journal?.traces.between(first, last) ?? []) : [];
    return ministry && { ministry, journals, settings, session, traceparents, node: surroundings.node };
  }

  async #stop({ code, message }: StopReason): Promise<void> {
    const { stores, surroundings } = this.#options;
    const { node, clock, log } = surroundings;
    const handle = commandHandler(nodeJournal, stores.events.streams<NodeJournalEvent>());
    const at = new Date(clock()).toISOString();
    const incarnation = this.#incarnation;
    const size = this.#journal?.size ?? 0;
    log.error({ code, reason: message, incarnation, size }, 'replication has stopped: an operator must decide');
    await handle(
      journalStream(node),
      { type: 'StopReplication', incarnation, code, message, size, at },
      { commandId: `stop/${incarnation}`, metadata: {} },
    );
  }
}
