import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { hashToBytes, type JournalRecord, leafOf, leafText, rootOf } from '@quantrac/journal';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';
import { byTester, eventually, type ServiceProcess, startService, temporaryFolder } from '@quantrac/testing';
import { edgeAfter, type ForgedNode, forgedNode, KNOWN_AT, recordsFrom } from './forged-node.ts';
import { nodeOf } from './replication-world.ts';

const data = temporaryFolder();
const ministry = `unix:${socketPath(data, 'national-aggregation')}`;
const settings = { QUANTRAC_PORT: 'null', QUANTRAC_LOG_LEVEL: 'silent' };
let process: ServiceProcess;
let national: Peer;
let count = 0;

before(async () => {
  process = await startService('national-aggregation', data, settings);
  national = connectPeer(ministry);
});
after(async () => {
  national.close();
  await process.stop();
});

const held = recordsFrom(1, 10);
const edge = edgeAfter(held);

/** A node of its own that has sent ten records, and goes on where they end. */
async function nodeWithTen(t: { after: (done: () => void) => void }): Promise<{ node: string; forged: ForgedNode }> {
  const node = `forged-${++count}`;
  const forged = forgedNode(ministry, node);
  t.after(() => forged.close());
  forged.hello({ size: 10 });
  await forged.block(held);
  await eventually(async () => assert.equal(Number((await forged.answer('acknowledgement')).size), 10));
  return { node, forged };
}

/** What was refused stands in the ministry's own list too, and nothing was overwritten. */
async function refusedAs(node: string, forged: ForgedNode, code: string, at: number) {
  const refusal = await forged.answer('refusal');
  assert.deepEqual([refusal.code, Number(refusal.at)], [code, at], refusal.message);
  const named = await eventually(async () => {
    const [found] = await national.query<{ code: string; at: number; times: number }>('refusals', { node });
    assert.ok(found);
    return found;
  });
  assert.deepEqual([named.code, named.at, named.times], [code, at, 1]);
  const row = await nodeOf(national, node);
  assert.deepEqual([row.size, row.state, row.stopped?.code], [10, 'stopped', code]);
}

const withPayload = (record: JournalRecord, text: string): JournalRecord => ({ ...record, payload: Buffer.from(text) });
const resaid = ({ leaf, payload }: JournalRecord, said: object): JournalRecord => ({
  leaf: leafOf(leaf.number, { ...leaf, ...said }, payload),
  payload,
});

describe('what does not continue a journal is refused and named on both sides', () => {
  const cases: readonly [what: string, code: string, at: number, send: (forged: ForgedNode) => Promise<void>][] = [
    ['a hole', 'JournalHole', 11, (forged) => forged.block(recordsFrom(12, 3), { edge })],
    ['a repeat', 'RecordRepeated', 8, (forged) => forged.block(recordsFrom(8, 5))],
    [
      'a record that was changed since',
      'RecordChanged',
      9,
      (forged) => forged.block([resaid(held[8]!, { sequence: '999999999999' }), ...recordsFrom(10, 2)]),
    ],
    [
      'a payload that is not the one of its leaf',
      'PayloadChanged',
      12,
      async (forged) => {
        const [one, two] = recordsFrom(11, 2) as [JournalRecord, JournalRecord];
        const payload = two.payload.toString().replace('COD', 'TSS');
        await forged.block([one, withPayload(two, payload)], { edge });
      },
    ],
    [
      'another tree',
      'RootDiffers',
      12,
      (forged) => forged.block(recordsFrom(11, 2), { edge: edgeAfter(recordsFrom(1, 10, { version: 2 })) }),
    ],
    [
      'a topic record that is in the journal already',
      'SequenceRepeated',
      11,
      (forged) => forged.block([resaid(recordsFrom(11, 1)[0]!, { sequence: held[4]!.leaf.sequence })], { edge }),
    ],
    [
      'a topic record twice in one block',
      'SequenceRepeated',
      12,
      async (forged) => {
        const [one, two] = recordsFrom(11, 2) as [JournalRecord, JournalRecord];
        await forged.block([one, resaid(two, { sequence: one.leaf.sequence })], { edge });
      },
    ],
    [
      'bytes that are no block',
      'BlockUnreadable',
      11,
      async (forged) => {
        const root = hashToBytes(rootOf(edge));
        const bytes = Buffer.from('no block');
        const value = { incarnation: 1, first: 11n, count: 1, bytes, root, traceparents: [] };
        forged.send({ $case: 'block', value });
      },
    ],
    [
      'an incarnation that nobody opened',
      'IncarnationUnfounded',
      1,
      (forged) => forged.block(recordsFrom(1, 3), { incarnation: 2 }),
    ],
  ];
  for (const [what, code, at, send] of cases)
    test(what, async (t) => {
      const { node, forged } = await nodeWithTen(t);
      await send(forged);
      await refusedAs(node, forged, code, at);
    });

  test('an opening that names what is not held so', async (t) => {
    const { node, forged } = await nodeWithTen(t);
    const extent = (size: number, root: string) => ({ incarnation: 1, size, root });
    const root = hashToBytes(rootOf(edgeAfter(held.slice(0, 5)))).toString('hex');
    const open = async (common: object) => {
      const said = { node, incarnation: 2, common, here: extent(5, root), there: extent(10, root) };
      const payload = Buffer.from(JSON.stringify({ ...said, reason: 'restored', by: 'operator', knownAt: KNOWN_AT }));
      const leaf = leafOf(1, { type: 'IncarnationOpened', key: node, sequence: '1', knownAt: KNOWN_AT }, payload);
      await forged.block([{ leaf, payload }], { incarnation: 2 });
    };
    await open(extent(6, root));
    await refusedAs(node, forged, 'IncarnationUnfounded', 1);
  });
});

describe('a stream', () => {
  test('goes on after a refusal, from what is held', async (t) => {
    const { node, forged } = await nodeWithTen(t);
    await forged.block(recordsFrom(12, 1), { edge });
    await refusedAs(node, forged, 'JournalHole', 11);
    const again = forgedNode(ministry, node);
    t.after(() => again.close());
    again.hello({ size: 12, root: Buffer.alloc(32) });
    const welcome = await again.answer('welcome');
    assert.deepEqual([welcome.incarnation, Number(welcome.size)], [1, 10]);
    assert.deepEqual(welcome.root, hashToBytes(rootOf(edge)));
    await again.block(recordsFrom(11, 1), { edge });
    await eventually(async () => assert.equal((await nodeOf(national, node)).size, 11));
    assert.equal((await nodeOf(national, node)).state, 'connected');
  });

  test('of a sender that is behind is refused, as a restored one or as a fork', async (t) => {
    const { node, forged } = await nodeWithTen(t);
    forged.close();
    for (const [root, code] of [
      [hashToBytes(rootOf(edgeAfter(held.slice(0, 4)))), 'ReceiverAhead'],
      [Buffer.alloc(32, 1), 'JournalForked'],
    ] as const) {
      const behind = forgedNode(ministry, node);
      t.after(() => behind.close());
      behind.hello({ size: 4, root });
      assert.equal((await behind.answer('refusal')).code, code);
    }
  });

  test('gives way to a newer one of the same node', async (t) => {
    const { node, forged } = await nodeWithTen(t);
    const newer = forgedNode(ministry, node);
    t.after(() => newer.close());
    newer.hello({ size: 10 });
    await newer.answer('welcome');
    await eventually(() => assert.ok(isFault(forged.fault(), 'StreamReplaced')));
    await newer.block(recordsFrom(11, 5), { edge });
    await eventually(async () => assert.equal((await nodeOf(national, node)).size, 15));
  });

  test('that does not say first who sends is ended', async (t) => {
    const forged = forgedNode(ministry, 'unsaid');
    t.after(() => forged.close());
    await forged.block(recordsFrom(1, 1));
    await eventually(() => assert.ok(isFault(forged.fault(), 'HelloMissing')));
    assert.deepEqual(await national.query('nodes', { node: 'unsaid' }), []);
  });

  test('of a node with an impossible name is refused', async (t) => {
    const forged = forgedNode(ministry, '../../etc');
    t.after(() => forged.close());
    forged.hello();
    await eventually(() => assert.ok(isFault(forged.fault(), 'NodeInvalid')));
  });
});

test('records of a type that is not known here are held, shown, and stop nothing', async (t) => {
  const { node, forged } = await nodeWithTen(t);
  const unknown = recordsFrom(11, 3, { type: 'ManifestSigned' });
  const unreadable = leafOf(14, { ...recordsFrom(14, 1)[0]!.leaf }, Buffer.from('{"channel":'));
  const mixed = [...unknown, { leaf: unreadable, payload: Buffer.from('{"channel":') }, ...recordsFrom(15, 1)];
  assert.ok(leafText(unreadable).startsWith('14\n'));
  await forged.block(mixed, { edge });
  await eventually(async () => assert.equal((await nodeOf(national, node)).applied, 15));
  const rows = await national.query<{ type: string; reason: string; records: number; first: number; last: number }>(
    'held',
    { node },
  );
  assert.deepEqual(rows.map(({ type, reason, records, first, last }) => [type, reason, records, first, last]).sort(), [
    ['AggregateComputed', 'unreadable', 1, 14, 14],
    ['ManifestSigned', 'type-unknown', 3, 11, 13],
  ]);
  const range = { node, station: 's1', from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
  assert.equal((await national.query('aggregates', range)).length, 11);
});

test('an older version that comes later is kept as history, and an equal one with other bytes is a fault', async (t) => {
  const { node, forged } = await nodeWithTen(t);
  const at = (number: number, of: number, version: number, more = {}): JournalRecord => {
    const text = JSON.parse(held[of - 1]!.payload.toString());
    const payload = Buffer.from(JSON.stringify({ ...text, version, ...more }));
    return { leaf: leafOf(number, recordsFrom(number, 1)[0]!.leaf, payload), payload };
  };
  await forged.block([at(11, 1, 3), at(12, 1, 2), at(13, 2, 1), at(14, 2, 1, { value: 'another' })], { edge });
  await eventually(async () => assert.equal((await nodeOf(national, node)).applied, 14));
  const range = { node, station: 's1', from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
  const versions = (await national.query<{ version: number }>('aggregates', range)).map(({ version }) => version);
  assert.deepEqual(versions, [3, ...Array(9).fill(1)]);
  const faults = await national.query<{ number: number; version: number; code: string }>('faults', { node });
  assert.deepEqual(
    faults.map(({ code, number, version }) => [code, number, version]),
    [['VersionChanged', 14, 1]],
  );
  assert.equal((await nodeOf(national, node)).faults, 1);
});

test('a node that nobody enrolled is refused where enrolment is by command, and let in once it is', async (t) => {
  const own = temporaryFolder();
  const closed = await startService('national-aggregation', own, { ...settings, QUANTRAC_ENROLMENT: 'by-command' });
  const address = `unix:${socketPath(own, 'national-aggregation')}`;
  const peer = connectPeer(address);
  t.after(async () => {
    peer.close();
    await closed.stop();
  });
  const forged = forgedNode(address, 'n1');
  t.after(() => forged.close());
  forged.hello();
  await eventually(() => assert.ok(isFault(forged.fault(), 'NodeNotEnrolled')));
  assert.deepEqual(await peer.query('nodes', {}), []);
  const [refusal] = await peer.query<{ code: string; times: number }>('refusals', { node: 'n1' });
  assert.deepEqual([refusal?.code, refusal?.times], ['NodeNotEnrolled', 1]);
  assert.deepEqual(await peer.handle('EnrollNode', { node: 'n1' }, byTester()), { node: 'n1' });
  const again = forgedNode(address, 'n1');
  t.after(() => again.close());
  again.hello();
  assert.equal((await again.answer('welcome')).incarnation, 0);
});
