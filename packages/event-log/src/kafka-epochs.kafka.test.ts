import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startKafka } from '@quantrac/conformance/servers/kafka-server';
import { isFault } from '@quantrac/event-sourcing';
import { numbers } from './conformance-deeds.ts';
import type { LogRecord, Positions } from './event-log.ts';
import { KafkaClient } from './kafka-client.ts';
import type { KeptMark, MarkKeeper } from './kafka-epochs.ts';
import { KafkaEventLog } from './kafka-event-log.ts';

/** A keeper in memory that can be put back, as a store is from a copy; `meet`: its next two readers have both read before either goes on. */
function keeping(): MarkKeeper & { copy(): () => void; meet(): void } {
  let kept: { mark: KeptMark; revision: number } | undefined;
  let meeting: (() => void)[] | undefined;
  return {
    async read() {
      const read = kept;
      if (!meeting) return read;
      const waiting = meeting;
      if (waiting.length === 1) {
        meeting = undefined;
        waiting[0]!();
      } else await new Promise<void>((resolve) => waiting.push(resolve));
      return read;
    },
    meet() {
      meeting = [];
    },
    async write(mark, expected) {
      if ((kept?.revision ?? 0) !== expected) return false;
      kept = { mark, revision: expected + 1 };
      return true;
    },
    copy() {
      const copied = kept;
      return () => {
        kept = copied;
      };
    },
  };
}

const recordsOf = (from: number, to: number): readonly LogRecord[] =>
  Array.from({ length: to - from }, (_, n) => ({
    key: `k${(from + n) % 5}`,
    headers: { ce_id: `${from + n}` },
    value: Buffer.from(`${from + n}`),
  }));

/** A broker of its own, since it is stopped and put back. */
async function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'epochs-'));
  const broker = await startKafka({ folder: join(folder, 'kafka') });
  const keeper = keeping();
  const closes: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of closes) await close().catch(() => {});
    await broker.stop();
    rmSync(folder, { recursive: true });
  });
  const open = async () => {
    const client = new KafkaClient({ brokers: broker.address, clientId: 'epochs' });
    const log = await KafkaEventLog.open({
      client,
      prefix: '',
      service: numbers.producer,
      replicationFactor: 1,
      declares: [numbers],
      keeper,
    });
    const close = async () => {
      await log.close();
      await client.close();
    };
    closes.push(close);
    return { log, close };
  };
  const data = join(folder, 'kafka', 'data');
  const copyBroker = () => {
    const copy = join(folder, 'copy');
    cpSync(data, copy, { recursive: true });
    return () => {
      rmSync(data, { recursive: true });
      cpSync(copy, data, { recursive: true });
    };
  };
  return { broker, keeper, open, copyBroker };
}

test('a broker that was put back to an earlier copy raises the epoch, and marks beyond the copy are lost', async (t) => {
  const { broker, open, copyBroker } = await opened(t);
  const first = await open();
  await first.log.publish(numbers, recordsOf(0, 50));
  const early = await first.log.end(numbers);
  await first.close();
  await broker.stop();
  const putBack = copyBroker();
  await broker.start();
  const second = await open();
  assert.equal(second.log.epoch, 1);
  await second.log.publish(numbers, recordsOf(50, 100));
  const late = await second.log.end(numbers);
  await second.close();
  await broker.stop();
  putBack();
  await broker.start();

  const third = await open();
  assert.equal(third.log.epoch, 2);
  await third.log.publish(numbers, recordsOf(100, 200));
  const read = (from: Positions) => third.log.read(numbers, from, 1000);
  await assert.rejects(read(late), (error) => isFault(error, 'PositionLost'));
  assert.deepEqual(
    (await read(early)).records.map(({ headers }) => Number(headers.ce_id)).sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, n) => n + 100),
  );
  await third.close();
  const fourth = await open();
  assert.equal(fourth.log.epoch, 2, 'it is raised once');
});

test('a store that was put back to an earlier copy raises the epoch; a crash that left the mark behind does not', async (t) => {
  const { keeper, open } = await opened(t);
  const known = new Set<string>();
  const isKnown = async (_: unknown, { headers }: LogRecord) => known.has(headers.ce_id!);
  const publish = async (log: KafkaEventLog, from: number, to: number) => {
    const records = recordsOf(from, to);
    for (const { headers } of records) known.add(headers.ce_id!);
    await log.publish(numbers, records);
  };
  const first = await open();
  await publish(first.log, 0, 300);
  await first.close();
  const putBack = keeper.copy();

  const second = await open();
  assert.equal(await second.log.raiseIfUnknown(isKnown), false);
  await publish(second.log, 300, 900);
  await second.close();
  putBack();
  const crashed = await open();
  assert.equal(
    await crashed.log.raiseIfUnknown(isKnown),
    false,
    'the records are known, only the mark was left behind',
  );
  assert.equal(crashed.log.epoch, 1);
  await crashed.close();

  putBack();
  for (let n = 300; n < 900; n++) known.delete(`${n}`);
  const [one, other] = await Promise.all([open(), open()]);
  assert.equal(await one.log.raiseIfUnknown(isKnown), true);
  assert.equal(await other.log.raiseIfUnknown(isKnown), false, 'what the first has raised the second takes on');
  assert.deepEqual([one.log.epoch, other.log.epoch], [2, 2]);
  await other.close();
  await one.close();
  const next = await open();
  assert.equal(next.log.epoch, 2);
  assert.equal(await next.log.raiseIfUnknown(isKnown), false);
});

test('of instances that find out at the same moment what was put back one raises the epoch; who ran on takes it on', async (t) => {
  const { broker, keeper, open, copyBroker } = await opened(t);
  await broker.stop();
  const putBack = copyBroker();
  await broker.start();
  const first = await open();
  await first.log.publish(numbers, recordsOf(0, 50));
  await first.close();
  await broker.stop();
  putBack();
  await broker.start();
  keeper.meet();
  const opening = await Promise.all([open(), open()]);
  assert.deepEqual(
    opening.map(({ log }) => log.epoch),
    [2, 2],
    'the broker was put back',
  );

  const putStoreBack = keeper.copy();
  await opening[0].log.publish(numbers, recordsOf(0, 50));
  for (const { close } of opening) await close();
  putStoreBack();
  const [one, other, third] = [await open(), await open(), await open()];
  keeper.meet();
  const unknown = async () => false;
  await Promise.all([one, other].map(({ log }) => log.raiseIfUnknown(unknown)));
  assert.deepEqual([one.log.epoch, other.log.epoch], [3, 3], 'the store was put back');
  await third.close();
  assert.equal(third.log.epoch, 3, 'as it remembers how far it came');
});
