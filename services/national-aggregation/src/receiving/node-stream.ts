import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Digest } from '@quantrac/contracts/digest';
import type {
  Block,
  DigestsAsked,
  Directive,
  DirectivesTaken,
  Heartbeat,
  Hello,
  ReplicateRequest,
  ReplicateResponse,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { decodeBlock, type Edge, emptyEdge, hashToBytes, leafText, rootOf } from '@quantrac/journal';
import { edgeOf, type JournalStore } from '@quantrac/journal-store';
import { toStatus } from '@quantrac/service';
import { type WatchBatch, watched } from '@quantrac/stream-processing';
import { DigestQuestions } from './digest-questions.ts';
import type { OpenStream } from './open-streams.ts';
import { journalOf, newestOf, objectionTo, objectionToBeginning } from './standing.ts';
import { isRefused, type Refused, verifyBlock } from './verify-block.ts';

type Call = ServerDuplexStream<ReplicateRequest, ReplicateResponse>;

/** What a stream tells the rest of the service, and asks of it. */
export interface NodeStreamContext {
  readonly journals: JournalStore;
  /** Throws the Fault that the node is refused with, where it may not send. */
  readonly admit: (stream: NodeStream, hello: Hello) => Promise<void>;
  /** `stopped`: the node says why it does not go on; null: it does. */
  readonly onWelcomed: (
    node: string,
    appended: number,
    stopped: { code: string; message: string } | null,
  ) => Promise<void>;
  /** `traceparents`: of what its records came of. */
  readonly onStored: (journal: string, edge: Edge, traceparents: readonly string[]) => void;
  /** Follows what is done with blocks. */
  readonly watch: WatchBatch;
  readonly onHeard: (node: string, heartbeat: Heartbeat | undefined) => void;
  readonly onRefused: (node: string, refused: Refused) => Promise<void>;
  readonly onClosed: (stream: NodeStream) => void;
  /** Before the first is sent: what the node says that it holds. */
  readonly meetDirectives: (node: string, received: { upTo: number; hash: string }) => Promise<void>;
  readonly directivesAfter: (node: string, number: number) => Promise<{ issued: number; open: readonly Directive[] }>;
  readonly onDirectivesTaken: (node: string, taken: DirectivesTaken) => Promise<void>;
}

/** Blocks that are verified and not durable yet; beyond it the sender waits. */
const MAX_UNWRITTEN = 16;

/** One node's stream: verifies block after block, acknowledges what is durable, and hands directives down. */
export class NodeStream implements OpenStream {
  node = '';
  readonly settled: Promise<void>;
  readonly #call: Call;
  readonly #context: NodeStreamContext;
  #incarnation = 0;
  #edge: Edge = emptyEdge;
  #directivesSent = 0;
  /** What the node holds of them has been compared with what was issued. */
  #met = false;
  readonly #questions = new DigestQuestions();
  #closed = false;
  #settle: () => void = () => {};
  readonly #unwritten = new Set<Promise<void>>();

  constructor(call: Call, context: NodeStreamContext) {
    this.#call = call;
    this.#context = context;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    call.on('data', (request: ReplicateRequest) => {
      call.pause();
      this.#take(request)
        .catch((error) => this.close(error))
        .finally(() => call.resume());
    });
    for (const event of ['end', 'cancelled', 'error', 'close']) call.on(event, () => this.#end());
  }

  /** The node's directives that it has not been sent yet. */
  async sendDirectives(): Promise<void> {
    if (!this.#met) return;
    const { open } = await this.#context.directivesAfter(this.node, this.#directivesSent);
    if (open.length === 0 || this.#closed) return;
    this.#directivesSent = Number(open.at(-1)!.number);
    this.#write({ $case: 'directives', value: { directives: [...open] } });
  }

  /** The node's own digests; the Fault `unavailable` when it goes away, or says nothing any more, before it has answered. */
  async askDigests(asked: Omit<DigestsAsked, 'request'>): Promise<readonly Digest[]> {
    if (this.#closed) throw Fault.unavailable('NodeAway', `node ${this.node} is not connected: ask again when it is`);
    return this.#questions.ask(this.node, asked, (value) => this.#write({ $case: 'digestsAsked', value }));
  }

  close(reason: unknown): void {
    if (this.#closed) return;
    this.#call.emit('error', toStatus(reason));
    this.#end();
  }

  async #take({ kind }: ReplicateRequest): Promise<void> {
    if (this.#closed || !kind) return;
    if (kind.$case === 'hello') return this.#open(kind.value);
    if (this.node === '') throw Fault.invalid('HelloMissing', 'a stream begins with who sends');
    this.#context.onHeard(this.node, kind.$case === 'heartbeat' ? kind.value : undefined);
    switch (kind.$case) {
      case 'block':
        return this.#takeBlock(kind.value);
      case 'stopped':
        return this.#stop({ ...kind.value, at: Number(kind.value.at) });
      case 'directivesTaken':
        return this.#context.onDirectivesTaken(this.node, kind.value);
      case 'digestsTold':
        return this.#questions.take(this.node, kind.value);
    }
  }

  async #open(hello: Hello): Promise<void> {
    if (this.node !== '') throw Fault.invalid('HelloRepeated', 'a stream says once who sends');
    this.node = hello.node;
    await this.#context.admit(this, hello);
    if (this.#closed) return;
    const { journals } = this.#context;
    const newest = await newestOf(journals, hello.node);
    // Who has stopped sends nothing that could be objected to.
    const objection = hello.stopped ? undefined : await objectionTo(hello, newest, journals);
    if (objection) return this.#refuse(objection);
    this.#incarnation = newest.incarnation;
    this.#edge =
      newest.incarnation === 0 ? emptyEdge : await edgeOf(journals, journalOf(hello.node, newest.incarnation));
    // the answer to an earlier stream's write may have been lost
    if (newest.incarnation > 0) this.#context.onStored(journalOf(hello.node, newest.incarnation), this.#edge, []);
    this.#directivesSent = Number(hello.directives);
    const received = { upTo: this.#directivesSent, hash: Buffer.from(hello.directivesHash).toString('hex') };
    await this.#context.meetDirectives(this.node, received);
    this.#met = true;
    const { issued } = await this.#context.directivesAfter(this.node, this.#directivesSent);
    const root = hashToBytes(newest.root);
    const { incarnation, size } = newest;
    const stopped = hello.stopped ? { code: hello.stopped.code, message: hello.stopped.message } : null;
    await this.#context.onWelcomed(this.node, Number(hello.size), stopped);
    this.#write({ $case: 'welcome', value: { incarnation, size: BigInt(size), root, directives: BigInt(issued) } });
    await this.sendDirectives();
  }

  async #takeBlock({ incarnation, first, count, bytes, root, traceparents }: Block): Promise<void> {
    if (incarnation !== this.#incarnation) {
      const objection = await this.#begin(incarnation, bytes);
      if (objection) return this.#refuse(objection);
    }
    const journal = journalOf(this.node, incarnation);
    const result = await verifyBlock(journal, this.#edge, { first: Number(first), count, block: bytes, root });
    if (this.#closed) return;
    if (isRefused(result)) return this.#refuse(await this.#named(result, journal, bytes));
    this.#edge = result.edge;
    const batch = this.#context.watch(traceparents.map((traceparent) => ({ traceparent })));
    const carried = traceparents.map(batch.traceparentOf);
    const append = () => this.#context.journals.append(result.append);
    const written = watched(batch, append, () => ({ taken: count, repeat: 0, failed: 0 }))
      .then(
        () => {
          this.#context.onStored(journal, result.edge, carried);
          this.#acknowledge(incarnation, result.edge);
        },
        (error) => this.#notWritten(error, Number(first)),
      )
      .catch((error) => this.close(error));
    this.#unwritten.add(written);
    void written.finally(() => this.#unwritten.delete(written));
    if (this.#unwritten.size >= MAX_UNWRITTEN) await Promise.race(this.#unwritten);
  }

  /** The next journal of the node, once the one before is written. */
  async #begin(incarnation: number, block: Uint8Array): Promise<Refused | undefined> {
    await Promise.all(this.#unwritten);
    const { journals } = this.#context;
    const newest = await newestOf(journals, this.node);
    const objection = await objectionToBeginning(this.node, incarnation, block, newest, journals);
    if (objection) return objection;
    this.#incarnation = incarnation;
    this.#edge = emptyEdge;
    return undefined;
  }

  /** Of a record that came again, whether it is the same one. */
  async #named(refused: Refused, journal: string, block: Uint8Array): Promise<Refused> {
    const { code, at } = refused;
    await Promise.all(this.#unwritten);
    const [stored] = code === 'RecordRepeated' ? await this.#context.journals.blocks(journal, at, 1) : [];
    if (!stored) return refused;
    const textIn = async (bytes: Uint8Array) => {
      const found = (await decodeBlock(bytes)).find(({ leaf }) => leaf.number === at);
      return found && leafText(found.leaf);
    };
    if ((await textIn(stored.block)) === (await textIn(block))) return refused;
    return { code: 'RecordChanged', message: `record ${at} of ${journal} came again with another leaf`, at };
  }

  #acknowledge(incarnation: number, edge: Edge): void {
    const root = hashToBytes(rootOf(edge));
    if (!this.#closed) this.#write({ $case: 'acknowledgement', value: { incarnation, size: BigInt(edge.size), root } });
  }

  async #notWritten(error: unknown, at: number): Promise<void> {
    if (this.#closed) return;
    if (isFault(error, 'SequenceTaken')) return this.#refuse({ code: 'SequenceRepeated', message: error.message, at });
    this.close(error);
  }

  async #refuse(refused: Refused): Promise<void> {
    if (this.#closed) return;
    this.#write({ $case: 'refusal', value: { ...refused, at: BigInt(refused.at) } });
    await this.#stop(refused);
  }

  async #stop(refused: Refused): Promise<void> {
    this.#call.end();
    this.#end();
    await this.#context.onRefused(this.node, refused);
  }

  #write(kind: NonNullable<ReplicateResponse['kind']>): void {
    this.#call.write({ kind });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#questions.end(this.node);
    void Promise.allSettled(this.#unwritten).then(() => {
      this.#settle();
      this.#context.onClosed(this);
    });
  }
}
