import { credentials } from '@grpc/grpc-js';
import {
  type Hello,
  type ReplicateRequest,
  type ReplicateResponse,
  ReplicationServiceClient,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import {
  continued,
  type Edge,
  emptyEdge,
  encodeBlock,
  hashToBytes,
  type JournalRecord,
  leafOf,
  rootOf,
} from '@quantrac/journal';
import { fromStatus } from '@quantrac/service';
import { eventually } from '@quantrac/testing';

type Answer = NonNullable<ReplicateResponse['kind']>;
type Case = Answer['$case'];

/** A node that says whatever a test wants, true or not. */
export interface ForgedNode {
  readonly answers: readonly Answer[];
  /** Why the stream ended, where it failed. */
  readonly fault: () => Error | undefined;
  send(kind: NonNullable<ReplicateRequest['kind']>): void;
  hello(claim?: Partial<Omit<Hello, 'node' | 'size' | 'directives'>> & { size?: number; directives?: number }): void;
  /** Sends records as a block whose root follows an edge. */
  block(records: readonly JournalRecord[], said?: { incarnation?: number; first?: number; edge?: Edge }): Promise<void>;
  /** The newest answer of that kind, once it has come. */
  answer<Kind extends Case>(kind: Kind): Promise<Extract<Answer, { $case: Kind }>['value']>;
  close(): void;
}

export function forgedNode(ministry: string, node: string): ForgedNode {
  const client = new ReplicationServiceClient(ministry, credentials.createInsecure());
  const call = client.replicate();
  const answers: Answer[] = [];
  let fault: Error | undefined;
  call.on('data', ({ kind }: ReplicateResponse) => kind && answers.push(kind));
  call.on('error', (error) => {
    fault = fromStatus(error);
  });
  const send = (kind: NonNullable<ReplicateRequest['kind']>) => void call.write({ kind });
  return {
    answers,
    fault: () => fault,
    send,
    hello({ size = 0, directives = 0, ...claim } = {}) {
      const root = hashToBytes(rootOf(emptyEdge));
      const unsaid = { incarnation: 1, root, directivesHash: Buffer.alloc(0), stopped: undefined };
      const value: Hello = { ...unsaid, ...claim, node, size: BigInt(size), directives: BigInt(directives) };
      send({ $case: 'hello', value });
    },
    async block(records, { incarnation = 1, first = records[0]!.leaf.number, edge = emptyEdge } = {}) {
      const after = continued(
        edge,
        records.map(({ leaf }) => leaf),
      );
      const root = hashToBytes(rootOf(after));
      const bytes = await encodeBlock(records);
      const value = { incarnation, first: BigInt(first), count: records.length, bytes, root, traceparents: [] };
      send({ $case: 'block', value });
    },
    answer: (kind) =>
      eventually(() => {
        const found = answers.findLast(({ $case }) => $case === kind);
        if (!found)
          throw new Error(`no ${kind} came, but ${JSON.stringify(answers.map(({ $case }) => $case))} ${fault}`);
        return found.value as never;
      }),
    close() {
      call.cancel();
      client.close();
    },
  };
}

export const KNOWN_AT = '2026-01-15T01:30:00.000Z';

/** Records in a row, each an hourly mean of its own hour. */
export const recordsFrom = (first: number, count: number, { type = 'AggregateComputed', version = 1 } = {}) =>
  Array.from({ length: count }, (_, n): JournalRecord => {
    const number = first + n;
    const end = new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();
    const payload = Buffer.from(JSON.stringify({ channel: 'COD', statistic: 'mean', length: '1h', end, version }));
    const said = { type, key: 's1', sequence: String(number).padStart(12, '0'), knownAt: KNOWN_AT };
    return { leaf: leafOf(number, said, payload), payload };
  });

export const edgeAfter = (records: readonly JournalRecord[]): Edge =>
  continued(
    emptyEdge,
    records.map(({ leaf }) => leaf),
  );
