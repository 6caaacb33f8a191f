import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nobodyStarves } from '@quantrac/conformance/eight-instances';
import { isFault } from '@quantrac/event-sourcing';
import { at, type NewLog, numbered, numberOf, numbers, publish, readAll, upTo } from './conformance-deeds.ts';
import type { EventLog, LogRecord, Positions, Topic } from './event-log.ts';
import { clockConformance, retentionConformance } from './event-log-clock.conformance.ts';
import { groupConformance } from './event-log-groups.conformance.ts';
import { memberConformance } from './event-log-members.conformance.ts';
import { partitionOf } from './partition.ts';

const isLost = (error: unknown) => isFault(error, 'PositionLost') && error.kind === 'rejected';
const end = (log: EventLog) => log.end(numbers);
const allNumbers = async (log: EventLog, from?: Positions) => (await readAll(log, numbers, from)).map(numberOf);

/** What an event log promises, on every adapter. */
export function conformance(name: string, newLog: NewLog): void {
  describe(`an event log on ${name}`, () => {
    publishing(newLog);
    positions(newLog);
    groupConformance(newLog);
    memberConformance(newLog);
    clockConformance(newLog);
  });
}

/** Beside that, where a log is a file of its own: it is copied away and brought back, and records get the time that the test says. */
export function ownFileConformance(name: string, newLog: NewLog): void {
  describe(`an event log on ${name}`, () => {
    restoring(newLog);
    retentionConformance(newLog);
  });
}

function publishing(newLog: NewLog): void {
  test('gives back the records that were published, after it was opened again', async (t) => {
    const place = newLog(t);
    const records: LogRecord[] = [
      { key: 'trạm/1', headers: { ce_id: 'một', empty: '' }, value: Buffer.from('{"a":1}') },
      { key: '', headers: {}, value: Buffer.alloc(0) },
      { key: 'trạm/2', headers: { other: 'µg/m³' }, value: Buffer.from(upTo(256)) },
      { key: 'trạm/1', headers: {}, value: Buffer.alloc(1_000_000, 'x') },
    ];
    const before = Date.now();
    await (await place.open()).publish(numbers, records);
    await place.close();
    const read = await readAll(await place.open(), numbers);
    const bare = ({ key, headers, value }: LogRecord) => ({ key, headers, value: Buffer.from(value) });
    for (const key of new Set(records.map((record) => record.key)))
      assert.deepEqual(
        read.filter((one) => one.key === key).map(bare),
        records.filter((one) => one.key === key),
      );
    for (const { key, topic, partition, appendedAt } of read) {
      assert.equal(topic, numbers.name);
      assert.equal(partition, partitionOf(key, 16));
      assert.ok(appendedAt >= before && appendedAt <= Date.now());
    }
    assert.equal(read.length, records.length);
  });

  test('puts a key into the same partition of every topic', async (t) => {
    const log = await newLog(t).open();
    const other: Topic = { ...numbers, name: 'quantrac.others.v1' };
    const records = upTo(100).map((n) => numbered(n, `station/${n}`));
    await log.publish(numbers, records);
    await log.publish(other, records.toReversed());
    const partitions = async (topic: Topic) =>
      new Map((await readAll(log, topic)).map(({ key, partition }) => [key, partition]));
    const [one, two] = [await partitions(numbers), await partitions(other)];
    for (const { key } of records) assert.equal(one.get(key), two.get(key));
    assert.ok(new Set(one.values()).size > 8);
  });

  test('refuses another number of partitions, another producer and a key that is too long', async (t) => {
    const log = await newLog(t).open();
    await publish(log, 0);
    const isInvalid = (error: unknown) => isFault(error) && error.kind === 'invalid';
    await assert.rejects(log.publish({ ...numbers, partitions: 8 }, [numbered(1)]), isInvalid);
    await assert.rejects(log.publish({ ...numbers, producer: 'beta' }, [numbered(1)]), isInvalid);
    await assert.rejects(log.publish(numbers, [numbered(1), numbered(2, 'k'.repeat(70_000))]), isInvalid);
    await publish(log, 1);
    assert.deepEqual(await allNumbers(log), [0, 1]);
  });

  test('gives the same sequence wherever a reader cuts it', async (t) => {
    const log = await newLog(t).open();
    const batches = [1, 5, 2, 30, 1, 1, 20];
    let next = 0;
    for (const size of batches) await publish(log, ...upTo(size).map(() => next++));
    const whole = await readAll(log, numbers);
    assert.deepEqual(whole.map(numberOf), upTo(60));
    for (const maxRecords of [1, 2, 3, 7, 59, 60, 1000])
      for (const [start, record] of whole.entries())
        assert.deepEqual(await readAll(log, numbers, at(record), maxRecords), whole.slice(start));
    const behind = await end(log);
    const { records, positions } = await log.read(numbers, behind, 10);
    assert.deepEqual({ records, positions: { ...behind, ...positions } }, { records: [], positions: behind });
  });

  test('keeps the order of publishes that are not waited for', async (t) => {
    const log = await newLog(t).open();
    await Promise.all(upTo(200).map((number) => publish(log, number)));
    assert.deepEqual(await allNumbers(log), upTo(200));
  });

  test('keeps the order of each of two processes that publish at once', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    const other = place.elsewhere('publish', { key: 'station/a', by: 'there', count: 300, batch: 3 });
    await other.hear(1);
    for (const number of upTo(300)) await log.publish(numbers, [numbered(number)]);
    assert.equal(await other.ended, 0);
    const read = await readAll(log, numbers);
    for (const by of ['here', 'there'])
      assert.deepEqual(read.filter(({ headers }) => headers.by === by).map(numberOf), upTo(300));
    assert.equal(read.length, 600);
  });

  test('is read by another service, from when its producer has begun', async (t) => {
    const place = newLog(t);
    const reader = await place.open({ service: 'beta' });
    assert.deepEqual(await reader.read(numbers, {}, 10), { records: [], positions: {} });
    assert.deepEqual(await reader.end(numbers), {});
    const log = await place.open();
    assert.deepEqual(await allNumbers(reader), []);
    await publish(log, 0, 1, 2);
    assert.deepEqual(await allNumbers(reader), [0, 1, 2]);
    assert.deepEqual(await reader.end(numbers), await log.end(numbers));
  });

  test('holds everything that it acknowledged before a kill -9, each once, also for another service', async (t) => {
    const place = newLog(t);
    const other = place.elsewhere('publish', { key: 'station/a', by: 'there', count: 1_000_000, batch: 7 });
    const reader = await place.open({ service: 'beta' });
    await other.hear(100);
    await other.kill();
    const acknowledged = other.said.at(-1) as number;
    const read = await allNumbers(reader);
    assert.ok(read.length >= acknowledged);
    assert.deepEqual(read, upTo(read.length));
    const log = await place.open();
    await publish(log, read.length);
    assert.deepEqual(await allNumbers(log), upTo(read.length + 1));
    assert.deepEqual(await allNumbers(reader), upTo(read.length + 1));
  });

  test('serves eight instances on a slow disk, and none starves', (t) =>
    nobodyStarves(t, newLog(t), (log, _, number) => publish(log, number)));
}

function positions(newLog: NewLog): void {
  test('says that a position is lost: of another log, malformed, or below the first kept record', async (t) => {
    const [log, another] = [await newLog(t).open(), await newLog(t).open()];
    await publish(log, ...upTo(10));
    await publish(another, ...upTo(10));
    const [first] = await readAll(log, numbers);
    const others = (await readAll(another, numbers))[0]!.position;
    for (const position of [others, 'anything', '', `${log.logId}:1:x`])
      await assert.rejects(log.read(numbers, { [first!.part]: position }, 10), isLost);
    const before = await end(log);
    assert.equal(await log.retain({ ...numbers, retentionDays: -1 }), 10);
    await publish(log, 10);
    await assert.rejects(log.read(numbers, at(first!), 10), isLost);
    assert.deepEqual(await allNumbers(log, before), [10]);
    assert.deepEqual(await allNumbers(log), [10]);
  });

  test('keeps its epoch when it is opened again, also after a kill -9', async (t) => {
    const place = newLog(t);
    const { epoch, logId } = await place.open();
    assert.equal(epoch, 1);
    const other = place.elsewhere('publish', { key: 'station/a', by: 'there', count: 1_000_000, batch: 1 });
    await other.hear(50);
    await other.kill();
    await place.close();
    const log = await place.open();
    assert.deepEqual([log.epoch, log.logId], [1, logId]);
  });

  test('raises its epoch for an operator, and goes on with the positions that it gave', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, 0, 1);
    const before = await end(log);
    assert.equal(await log.raiseEpoch(), 2);
    assert.equal(log.epoch, 2);
    await publish(log, 2);
    assert.deepEqual(await allNumbers(log, before), [2]);
    await place.close();
    assert.equal((await place.open()).epoch, 2);
  });
}

function restoring(newLog: NewLog): void {
  test('brought back from an earlier copy: raises its epoch and loses the positions beyond the copy for ever', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, 0, 1, 2);
    const { logId, epoch } = log;
    const [kept] = await readAll(log, numbers);
    const copied = await end(log);
    await place.close();
    const bringBack = await place.copyAway();

    const ahead = await place.open();
    await publish(ahead, 3, 4);
    const beyond = await end(ahead);
    assert.equal(ahead.epoch, epoch);
    await place.close();
    await bringBack();

    const restored = await place.open();
    assert.deepEqual([restored.logId, restored.epoch], [logId, epoch + 1]);
    await assert.rejects(restored.read(numbers, beyond, 10), isLost);
    await publish(restored, 30, 40, 50, 60);
    await assert.rejects(restored.read(numbers, beyond, 10), isLost);
    assert.deepEqual(await allNumbers(restored, copied), [30, 40, 50, 60]);
    assert.deepEqual(await allNumbers(restored, at(kept!)), [0, 1, 2, 30, 40, 50, 60]);
    const later = await end(restored);
    await place.close();
    await bringBack();

    const again = await place.open();
    assert.equal(again.epoch, epoch + 2);
    await publish(again, 3, 4, 5, 6, 7);
    for (const lost of [beyond, later]) await assert.rejects(again.read(numbers, lost, 10), isLost);
    assert.deepEqual(await allNumbers(again, copied), [3, 4, 5, 6, 7]);
  });

  test('another service that reads meets the log brought back', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, 0);
    await place.close();
    const bringBack = await place.copyAway();
    await publish(await place.open(), 1);
    await place.close();
    const reader = await place.open({ service: 'beta' });
    const beyond = await end(reader);
    assert.deepEqual(await allNumbers(reader), [0, 1]);
    await bringBack();
    const restored = await place.open();
    await publish(restored, 10, 11);
    await assert.rejects(reader.read(numbers, beyond, 10), isLost);
    assert.deepEqual(await allNumbers(reader), [0, 10, 11]);
  });
}
