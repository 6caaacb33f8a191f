import { setTimeout as sleep } from 'node:timers/promises';
import { type Actor, type DirectiveIssued, directiveIssued } from '@quantrac/contracts';
import type { Directive, DirectivesTaken } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { directiveHash } from '@quantrac/contracts/replication';
import { commandHandler, fold, isFault } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import type { Peer, Running } from '@quantrac/service';
import {
  type DirectiveInbox,
  type DirectiveInboxCommand,
  type DirectiveInboxEvent,
  directiveInbox,
  inboxStream,
} from '../domain/directive-inbox.ts';

export interface InboxOptions {
  readonly events: EventStore;
  readonly node: string;
  readonly clock: () => number;
  readonly registry: () => Peer;
  /** One more has been answered. */
  readonly onAnswered: () => void;
  readonly onFailure: (error: unknown) => void;
  /** 5 s unless said. */
  readonly lookEveryMs?: number;
}

const RETRY_MS = 1000;
/** What an instance received whose work has just become another's is found by looking. */
const LOOK_EVERY_MS = 5000;

/** Stores what the ministry sends down and carries it out in its order, each once. */
export class Inbox {
  readonly #options: InboxOptions;
  #resume: () => void = () => {};
  #woken = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  async state(): Promise<DirectiveInbox> {
    const { events, node } = this.#options;
    return fold(directiveInbox, (await events.read<DirectiveInboxEvent>(inboxStream(node))).events);
  }

  async taken(): Promise<DirectivesTaken> {
    const { answered, refused } = await this.state();
    return {
      upTo: BigInt(answered),
      refused: refused.map(({ number, code, message }) => ({ number: BigInt(number), code, message })),
    };
  }

  /** Durable when it resolves. */
  async receive(directives: readonly Directive[]): Promise<void> {
    for (const { number, value } of directives) {
      const command = this.#received(Number(number), value);
      await this.#handle(command, `receive/${number}/${directiveHash(value)}`).catch((error) => {
        // Sent again it would be refused again; what the ministry then holds is compared when it is met next.
        if (!isFault(error, 'DirectiveChanged')) throw error;
        this.#options.onFailure(error);
      });
    }
    this.#wake();
  }

  /** Carries out what is received, now and whenever something comes. */
  start(): Running {
    let stopping = false;
    const run = async () => {
      while (!stopping) {
        const worked = await this.#carryOutNext().catch(async (error) => {
          this.#options.onFailure(error);
          await sleep(RETRY_MS);
          return true;
        });
        if (!worked && !stopping) await this.#rest();
      }
    };
    const running = run();
    return {
      stop: async () => {
        stopping = true;
        this.#wake();
        await running;
      },
    };
  }

  /** What cannot be read is kept as it came, and refused in its turn. */
  #received(number: number, text: string): DirectiveInboxCommand {
    const textHash = directiveHash(text);
    const { directive, message } = directiveIn(text);
    if (directive?.number === number && directive.node === this.#options.node)
      return { type: 'ReceiveDirective', directive, textHash };
    const at = new Date(this.#options.clock()).toISOString();
    return { type: 'ReceiveUnread', number, text, textHash, message, at };
  }

  async #carryOutNext(): Promise<boolean> {
    const { received, answered } = await this.state();
    const next = received.find(({ number }) => number > answered);
    if (!next) return false;
    const { number, textHash, directive, unread } = next;
    const refused = directive
      ? await this.#carryOut(directive, textHash)
      : { code: 'DirectiveUnreadable', message: `directive ${number} cannot be read: ${unread?.message}` };
    const at = new Date(this.#options.clock()).toISOString();
    await this.#handle(
      refused ? { type: 'RefuseDirective', number, ...refused, at } : { type: 'NoteCarriedOut', number, at },
      `answer/${number}`,
    );
    this.#options.onAnswered();
    return true;
  }

  /** Undefined: done, or there is nothing to do but to publish it. What the registry cannot do now is tried again. */
  async #carryOut(
    { kind, station, reason, by, directive }: DirectiveIssued,
    textHash: string,
  ): Promise<{ code: string; message: string } | undefined> {
    if (kind === 'correction-requested' || station === null) return undefined;
    const actor: Actor = { account: by, role: 'ministry' };
    const state = kind === 'station-approved' ? 'approved' : 'rejected';
    try {
      const data = { station, state, reason, directive };
      await this.#options.registry().handle('RecordApproval', data, { actor, commandId: `${directive}/${textHash}` });
      return undefined;
    } catch (error) {
      if (!isFault(error) || error.kind === 'unavailable') throw error;
      return { code: error.code, message: error.message };
    }
  }

  async #handle(command: DirectiveInboxCommand, commandId: string): Promise<void> {
    const { events, node } = this.#options;
    const handle = commandHandler(directiveInbox, events.streams<DirectiveInboxEvent>());
    await handle(inboxStream(node), command, { commandId, metadata: {} });
  }

  #wake(): void {
    this.#woken = true;
    this.#resume();
  }

  /** Until something comes, or it is time to look; at once when something has come since the last rest. */
  async #rest(): Promise<void> {
    if (!this.#woken) {
      let looking: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
        looking = setTimeout(resolve, this.#options.lookEveryMs ?? LOOK_EVERY_MS);
      });
      clearTimeout(looking);
    }
    this.#woken = false;
  }
}

/** Why it is none, in a sentence. */
function directiveIn(text: string): { directive?: DirectiveIssued; message: string } {
  try {
    const { data, error } = directiveIssued.safeParse(JSON.parse(text));
    if (data) return { directive: data, message: 'it is not for this node, or of another number' };
    return { message: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  } catch (error) {
    return { message: (error as Error).message };
  }
}
