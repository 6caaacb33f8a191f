import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  type ReplicateRequest,
  type ReplicateResponse,
  ReplicationServiceService,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { eventually } from '@quantrac/testing';

type Said = NonNullable<ReplicateRequest['kind']>;
type Call = ServerDuplexStream<ReplicateRequest, ReplicateResponse>;

/** A ministry that says whatever a test wants, over the real protocol. */
export interface ForgedMinistry {
  readonly address: string;
  /** What nodes have said, over all their streams. */
  readonly said: readonly Said[];
  /** The newest of a kind, once there is one that satisfies. */
  newest<Kind extends Said['$case']>(
    kind: Kind,
    satisfies?: (value: Extract<Said, { $case: Kind }>['value']) => boolean,
  ): Promise<Extract<Said, { $case: Kind }>['value']>;
}

/** `onSaid` answers each message of a node in its turn. */
export async function startForgedMinistry(
  t: TestContext,
  onSaid: (said: Said, write: (kind: NonNullable<ReplicateResponse['kind']>) => void, call: Call) => void,
): Promise<ForgedMinistry> {
  const said: Said[] = [];
  const server = new Server();
  const replicate = (call: Call) => {
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', ({ kind }: ReplicateRequest) => {
      if (!kind) return;
      said.push(kind);
      onSaid(kind, (answer) => void call.write({ kind: answer }), call);
    });
  };
  const unasked = (call: { emit(event: string, error: Error): void }) => call.emit('error', new Error('not asked'));
  const handlers = { replicate, held: unasked, compare: unasked, facts: unasked };
  server.addService(ReplicationServiceService, handlers as never);
  const address = `unix:${join(tmpdir(), `${randomUUID()}.sock`)}`;
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
  );
  t.after(() => server.forceShutdown());
  return {
    address,
    said,
    newest: (kind, satisfies = () => true) =>
      eventually(() => {
        const found = said.findLast(({ $case, value }) => $case === kind && satisfies(value as never));
        if (!found) throw new Error(`no such ${kind} came, but ${said.map(({ $case }) => $case)}`);
        return found.value as never;
      }),
  };
}

/** What a ministry answers that holds nothing of a node. */
export const emptyWelcome = (root: Buffer): NonNullable<ReplicateResponse['kind']> => ({
  $case: 'welcome',
  value: { incarnation: 0, size: 0n, root, directives: 0n },
});
