import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type {
  ReplicateRequest,
  ReplicateResponse,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault } from '@quantrac/event-sourcing';
import { continued, emptyEdge, encodeBlock, hashToBytes, leafOf, rootOf } from '@quantrac/journal';
import type { Append } from '@quantrac/journal-store';
import { openEmbeddedStores } from '@quantrac/service';
import { watchNothing } from '@quantrac/stream-processing';
import { eventually, temporaryFolder, withOwn } from '@quantrac/testing';
import { NodeStream } from './node-stream.ts';

/** One end of a stream, without a wire. */
class Wire extends EventEmitter {
  readonly said: string[] = [];
  pause(): void {}
  resume(): void {}
  end(): void {}
  write({ kind }: ReplicateResponse): boolean {
    this.said.push(kind!.$case);
    return true;
  }
  send(kind: ReplicateRequest['kind']): void {
    this.emit('data', { kind });
  }
}

const payload = Buffer.from('{}');
const facts = { type: 'AggregateComputed', key: 's1', sequence: '1', knownAt: '2026-01-15T01:30:00.000Z' };
const leaf = leafOf(1, facts, payload);
const root = Buffer.from(hashToBytes(rootOf(continued(emptyEdge, [leaf]))));

test('a block whose storing was not answered is told to who applies it when its node is met again', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'national-aggregation');
  t.after(() => stores.close());
  let isLost = true;
  const append = async (appended: Append) => {
    await stores.journals.append(appended);
    if (isLost) throw Fault.unavailable('MongoAway', 'the answer was lost');
  };
  const journals = withOwn(stores.journals, { append });
  const stored: number[] = [];
  const nothing = async () => {};
  const connected = () => {
    const wire = new Wire();
    wire.on('error', () => {});
    new NodeStream(wire as never, {
      journals,
      admit: nothing,
      onWelcomed: nothing,
      onStored: (_, { size }) => void stored.push(size),
      watch: watchNothing,
      onHeard: () => {},
      onRefused: nothing,
      onClosed: () => {},
      meetDirectives: nothing,
      directivesAfter: async () => ({ issued: 0, open: [] }),
      onDirectivesTaken: nothing,
    });
    const directives = { directives: 0n, directivesHash: Buffer.alloc(0), stopped: undefined };
    wire.send({ $case: 'hello', value: { node: 'n1', incarnation: 1, size: 1n, root, ...directives } });
    return wire;
  };
  const wire = connected();
  const closed = new Promise((resolve) => wire.once('error', resolve));
  await eventually(() => assert.deepEqual(wire.said, ['welcome']));
  const bytes = Buffer.from(await encodeBlock([{ leaf, payload }]));
  wire.send({ $case: 'block', value: { incarnation: 1, first: 1n, count: 1, bytes, root, traceparents: [] } });
  await closed;
  assert.deepEqual(stored, []);
  isLost = false;
  const again = connected();
  await eventually(() => assert.deepEqual(again.said, ['welcome']));
  assert.deepEqual(stored, [1]);
});
