import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Digest } from '@quantrac/contracts/digest';
import type {
  DigestsAsked,
  Directive,
  DirectivesTaken,
  Heartbeat,
  ReplicateRequest,
  ReplicateResponse,
  Welcome,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { hashFromBytes } from '@quantrac/journal';
import { fromStatus } from '@quantrac/service';
import { BlockSender, type BlockSenderOptions } from './block-sender.ts';
import { isStop, placeBehind, type StopReason } from './standing.ts';

/** How a session ended: the ministry may be asked again, or replication stops. */
export type SessionEnd =
  | { readonly kind: 'lost'; readonly problem: string }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

export interface SessionContext extends Omit<BlockSenderOptions, 'write'> {
  /** The newest incarnation and how far it reaches in the store. */
  readonly extent: () => Promise<{ incarnation: number; size: number; root: Buffer }>;
  /** Why replication has stopped: nothing is sent but heartbeats and answers. Undefined: it goes on. */
  readonly stopped?: StopReason | undefined;
  readonly heartbeatMs: number;
  readonly heartbeat: () => Promise<Heartbeat>;
  /** Up to which number directives are received here, and the hash over them. */
  readonly directivesReceived: () => Promise<{ last: number; hash: string }>;
  /** What has been answered of those beyond a number. */
  readonly directivesTaken: () => Promise<DirectivesTaken>;
  readonly onWelcomed: (incarnation: number, size: number) => void;
  readonly onAcknowledged: (incarnation: number, size: number) => void;
  readonly onDirectives: (directives: readonly Directive[]) => Promise<void>;
  readonly digests: (asked: DigestsAsked) => Promise<readonly Digest[]>;
}

const DIGESTS_A_MESSAGE = 1000;
const ALIVE_EVERY_MS = 10_000;

/** One stream to the ministry, from its hello to its end. */
export class Session {
  readonly ended: Promise<SessionEnd>;
  readonly #call: ClientDuplexStream<ReplicateRequest, ReplicateResponse>;
  readonly #context: SessionContext;
  #end: (end: SessionEnd) => void = () => {};
  #isEnded = false;
  #beating = false;
  #sender: BlockSender | undefined;
  #heartbeats: NodeJS.Timeout | undefined;
  /** Who waits until the ministry has read more. */
  readonly #held: (() => void)[] = [];

  constructor(call: ClientDuplexStream<ReplicateRequest, ReplicateResponse>, context: SessionContext) {
    this.#call = call;
    this.#context = context;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    call.on('data', (response: ReplicateResponse) => {
      call.pause();
      this.#take(response)
        .catch((error: Error) => this.#lose(error.message))
        .finally(() => call.resume());
    });
    call.on('error', (error) => this.#lose(fromStatus(error).message));
    call.on('drain', () => this.#release());
    call.on('end', () => this.#lose('the ministry has ended the stream'));
    this.#greet().catch((error: Error) => this.#lose(error.message));
  }

  /** The journal has grown. */
  grown(): void {
    this.#sender?.grown();
  }

  /** Something more has been answered of what the ministry sent down. */
  async answerDirectives(): Promise<void> {
    if (!this.#isEnded) await this.#write({ $case: 'directivesTaken', value: await this.#context.directivesTaken() });
  }

  close(): void {
    this.#lose('the node has ended the stream');
  }

  async #greet(): Promise<void> {
    const { node, extent, directivesReceived, stopped: why } = this.#context;
    const { last, hash } = await directivesReceived();
    const { incarnation, size, root } = await extent();
    const directives = { directives: BigInt(last), directivesHash: Buffer.from(hash, 'hex') };
    const stopped = why && { ...why, at: BigInt(why.at) };
    const value = { node, incarnation, size: BigInt(size), root, ...directives, stopped };
    await this.#write({ $case: 'hello', value });
  }

  async #take({ kind }: ReplicateResponse): Promise<void> {
    if (this.#isEnded || !kind) return;
    switch (kind.$case) {
      case 'welcome':
        return this.#context.stopped ? this.#keepInTouch() : this.#begin(kind.value);
      case 'acknowledgement': {
        const { incarnation, size } = kind.value;
        this.#sender?.acknowledged(incarnation, Number(size));
        return this.#context.onAcknowledged(incarnation, Number(size));
      }
      case 'refusal':
        return this.#stop({ ...kind.value, at: Number(kind.value.at) });
      case 'directives':
        return this.#context.onDirectives(kind.value.directives);
      case 'digestsAsked':
        // Not waited for: it takes long, and acknowledgements go on.
        void this.#tellDigests(kind.value);
    }
  }

  async #begin(welcome: Welcome): Promise<void> {
    const { sections, journals, node } = this.#context;
    const held = { incarnation: welcome.incarnation, size: Number(welcome.size), root: hashFromBytes(welcome.root) };
    const place = await placeBehind(held, sections, journals, node);
    if (isStop(place)) {
      await this.#write({ $case: 'stopped', value: { ...place, at: BigInt(place.at) } });
      return this.#stop(place);
    }
    this.#context.onWelcomed(held.incarnation, held.size);
    await this.#keepInTouch();
    if (this.#isEnded) return;
    this.#sender = new BlockSender(place, {
      ...this.#context,
      write: (value) => this.#write({ $case: 'block', value }),
    });
    this.#sender.run().catch((error: Error) => this.#lose(error.message));
  }

  async #keepInTouch(): Promise<void> {
    if (this.#isEnded) return;
    this.#heartbeats = setInterval(() => void this.#beat(), this.#context.heartbeatMs);
    // Nothing waits for it: what it says is asked of others.
    void this.#beat();
    await this.answerDirectives();
  }

  async #beat(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    try {
      await this.#write({ $case: 'heartbeat', value: await this.#context.heartbeat() });
    } catch {
      // The next one says it.
    } finally {
      this.#beating = false;
    }
  }

  async #tellDigests(asked: DigestsAsked): Promise<void> {
    const { request } = asked;
    const tell = (digests: readonly Digest[], last: boolean, fault = '') =>
      this.#write({ $case: 'digestsTold', value: { request, digests: [...digests], last, fault } });
    // While the node reads its stores it says that it is still there.
    const alive = setInterval(() => void tell([], false).catch(() => undefined), ALIVE_EVERY_MS);
    try {
      const digests = await this.#context.digests(asked);
      for (let at = 0; at + DIGESTS_A_MESSAGE < digests.length; at += DIGESTS_A_MESSAGE)
        await tell(digests.slice(at, at + DIGESTS_A_MESSAGE), false);
      await tell(digests.slice(-(digests.length % DIGESTS_A_MESSAGE || DIGESTS_A_MESSAGE)), true);
    } catch (error) {
      await tell([], true, (error as Error).message).catch(() => undefined);
    } finally {
      clearInterval(alive);
    }
  }

  /** Waits while the ministry is slower. */
  async #write(kind: NonNullable<ReplicateRequest['kind']>): Promise<void> {
    if (this.#isEnded || this.#call.write({ kind })) return;
    await new Promise<void>((resolve) => this.#held.push(resolve));
  }

  #release(): void {
    for (const goOn of this.#held.splice(0)) goOn();
  }

  #stop(reason: StopReason): void {
    this.#close({ kind: 'stopped', reason });
  }

  #lose(problem: string): void {
    this.#close({ kind: 'lost', problem });
  }

  #close(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#heartbeats);
    this.#sender?.stop();
    this.#release();
    this.#call.end();
    if (end.kind === 'lost') this.#call.cancel();
    this.#end(end);
  }
}
