import { setTimeout as sleep } from 'node:timers/promises';
import type { Ministry } from './ministry.ts';
import { Session, type SessionContext } from './session.ts';
import type { StopReason } from './standing.ts';

export interface LinkOptions {
  readonly ministry: Ministry;
  readonly session: SessionContext;
  /** Whether what was found when both sides met still holds when they are compared again: another instance may have sent meanwhile. */
  readonly confirmed: () => Promise<boolean>;
  /** Whether this instance is the one that feeds the journal: it alone sends it. */
  readonly active: () => boolean;
  readonly onLost: (problem: string) => void;
  readonly onConnecting: () => void;
  /** So long the first answer is waited for before the journal grows without it. */
  readonly firstAnswerMs?: number;
}

const LOOK_MS = 50;
const FIRST_BACKOFF_MS = 200;
const MOST_BACKOFF_MS = 5000;
const FIRST_ANSWER_MS = 3000;

/** Keeps a session open to the ministry until replication stops or the node does. */
export class Link {
  /** Why replication stopped; undefined: the link was closed. */
  readonly ended: Promise<StopReason | undefined>;
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #asked: Promise<StopReason | undefined>;
  #patience: NodeJS.Timeout | undefined;
  #session: Session | undefined;
  #markAsked: (reason?: StopReason) => void = () => {};
  #welcomed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#asked = new Promise((resolve) => {
      this.#markAsked = resolve;
    });
    this.ended = this.#run();
  }

  /**
   * Resolves once the ministry has said what it holds, with why replication must stop, or cannot be asked. The patience begins
   * with the first call, when this instance got the topics: before that nobody is asked.
   */
  asked(): Promise<StopReason | undefined> {
    this.#patience ??= setTimeout(() => this.#markAsked(), this.#options.firstAnswerMs ?? FIRST_ANSWER_MS).unref();
    return this.#asked;
  }

  grown(): void {
    this.#session?.grown();
  }

  answerDirectives(): void {
    void this.#session?.answerDirectives().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#session?.close();
    await this.ended.catch(() => undefined);
  }

  async #run(): Promise<StopReason | undefined> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.#closing.signal.aborted) {
      if (!this.#options.active()) {
        await this.#pause(LOOK_MS);
        continue;
      }
      const end = await this.#converse();
      if (end.kind === 'stopped' && (this.#welcomed || (await this.#options.confirmed()))) {
        this.#markAsked(end.reason);
        return end.reason;
      }
      this.#options.onLost(end.kind === 'stopped' ? end.reason.message : end.problem);
      this.#markAsked();
      backoff = this.#welcomed ? FIRST_BACKOFF_MS : Math.min(backoff * 2, MOST_BACKOFF_MS);
      await this.#pause(backoff * (0.5 + Math.random() / 2));
    }
    return undefined;
  }

  async #converse() {
    const { ministry, session } = this.#options;
    this.#options.onConnecting();
    this.#welcomed = false;
    this.#session = new Session(ministry.replicate(), {
      ...session,
      onWelcomed: (incarnation, size) => {
        this.#welcomed = true;
        this.#markAsked();
        session.onWelcomed(incarnation, size);
      },
    });
    const end = await this.#session.ended;
    this.#session = undefined;
    return end;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}
