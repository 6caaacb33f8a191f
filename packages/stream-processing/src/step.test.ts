import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SqliteBlobStore } from '@quantrac/blob-store';
import { withOwn } from '@quantrac/conformance/with-own';
import { rejectedTopic, sequenceOf, type TopicDeclaration } from '@quantrac/contracts';
import { SqliteDocumentStore } from '@quantrac/document-store';
import { type ReceivedRecord, SqliteEventLog } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import { Database } from '@quantrac/sqlite';
import { SqliteTimeSeries } from '@quantrac/time-series';
import fc from 'fast-check';
import { portsStepStore } from './ports-step-store.ts';
import type { CommandOutput, Message, Processor } from './processor.ts';
import { sqliteStepStore } from './sqlite-step-store.ts';
import { Step, type StepOptions } from './step.ts';
import { type FaultPoint, positionsCollection, type StepStore } from './step-store.ts';
import { numbers, sums } from './testing/adding.ts';

const rejected = rejectedTopic('summing', 'tests');

interface Total {
  readonly total: number;
  readonly open: boolean;
}
type Data = { readonly time: number; readonly add: number };

/** Sums up; looks back at its last two rows; a negative number is a fault, 0 opens, numbers before that wait. */
const summing: Processor<Total> = {
  name: 'summing',
  inputs: [numbers],
  initial: { total: 0, open: true },
  documents: { totals: {} },
  lookback: (_, { data }) => [{ collection: sums.name, series: 'sum', from: (data as Data).time - 2, to: Infinity }],
  ready: ({ open }, { type }) => open || type !== 'Late',
  decide({ total }, { type, data, knownAt, key }, rows) {
    const { time, add } = data as Data;
    if (add < 0) throw Fault.invalid('Negative', 'numbers are not negative');
    const before = rows.range<{ sum: number }>(sums.name, 'sum', time - 2, time);
    const version = (rows.at(sums.name, 'sum', time)?.version ?? 0) + 1;
    const sum = total + add;
    return {
      state: { total: sum, open: type !== 'Close' },
      outputs: [
        {
          kind: 'row',
          topic: sums,
          type: 'Summed',
          series: 'sum',
          time,
          version,
          knownAt,
          data: { sum, before: before.map((row) => row.data.sum) },
        },
        { kind: 'document', collection: 'totals', documentKey: key, document: { sum } },
        { kind: 'command', aggregate: 'account', streamId: key, command: { add }, knownAt },
      ],
      answer: sum,
    };
  },
};

const message = (key: string, revision: number, data: Data, type = 'Number'): Message<Data> => ({
  topic: numbers.name,
  key,
  type,
  sequence: sequenceOf(1, revision, 0),
  knownAt: revision,
  id: `numbers/${key}/${revision}`,
  data,
  value: new TextEncoder().encode(JSON.stringify(data)),
});

const folders: string[] = [];
const databases: Database[] = [];
after(async () => {
  for (const database of databases) await database.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Profile = 'sqlite' | 'ports';

async function opened(profile: Profile) {
  const folder = mkdtempSync(join(tmpdir(), 'step-'));
  folders.push(folder);
  const database = new Database(join(folder, 'tests.sqlite'));
  databases.push(database);
  const stores = {
    documents: await SqliteDocumentStore.open(database),
    series: await SqliteTimeSeries.open(database),
    log: await SqliteEventLog.open({
      database,
      service: 'tests',
      fileOf: (service) => join(folder, `${service}.sqlite`),
    }),
    blobs: await SqliteBlobStore.open(database),
  };
  const store: StepStore = profile === 'sqlite' ? await sqliteStepStore(database, stores) : portsStepStore(stores);
  const commands = new Map<string, unknown>();
  const handle = async ({ commandId, command }: CommandOutput & { commandId: string }) =>
    void commands.set(commandId, command);
  const step = (options: Partial<StepOptions<Total>> = {}) =>
    new Step({ processor: summing, store, node: 'n1', epoch: () => 1, topics: [sums], rejected, handle, ...options });
  const records = async (of: TopicDeclaration): Promise<readonly ReceivedRecord[]> =>
    (await store.log.read(of, {}, 1e6)).records;
  const rows = async (key: string) =>
    (await store.series.range({ collection: sums.name, key, from: 0, to: Infinity, versions: 'all' })).map((row) => ({
      time: row.time,
      version: row.version,
      knownAt: row.knownAt,
      value: Buffer.from(row.value).toString(),
    }));
  const total = async (key: string) =>
    (await store.documents.get<{ sum: number }>({ name: 'totals' }, key))?.document.sum;
  return { store, step, commands, records, rows, total };
}

const text = (record: ReceivedRecord) => `${record.headers.ce_id} ${Buffer.from(record.value)}`;

for (const profile of ['sqlite', 'ports'] as const) {
  describe(`a step on ${profile}`, () => {
    const three = [
      message('a', 1, { time: 1, add: 1 }),
      message('b', 1, { time: 1, add: 10 }),
      message('a', 2, { time: 2, add: 2 }),
    ];

    it('puts rows, documents, commands and records out, in the order of the key, and keeps its position', async () => {
      const { store, step, commands, records, rows, total } = await opened(profile);
      const taken = await step().take(three, { group: 'summing', at: { part: 'log:3' } });
      assert.deepEqual(
        taken.map(({ answer }) => answer),
        [1, 10, 3],
      );
      assert.deepEqual(
        (await rows('a')).map(({ value }) => value),
        ['{"sum":1,"before":[]}', '{"sum":3,"before":[1]}'],
      );
      assert.deepEqual([await total('a'), await total('b')], [3, 10]);
      assert.equal(commands.size, 3);
      assert.equal((await records(sums)).length, 3);
      assert.deepEqual((await store.documents.get(positionsCollection, 'summing'))?.document.at, { part: 'log:3' });
    });

    it('drops what it has taken already, by sequence and not by position', async () => {
      const { step, records } = await opened(profile);
      await step().take(three);
      const again = await step().take([...three, message('b', 2, { time: 2, add: 1 })]);
      assert.deepEqual(
        again.map(({ outcome }) => outcome),
        ['repeat', 'repeat', 'repeat', 'taken'],
      );
      assert.equal((await records(sums)).length, 4);
    });

    it('sets a message aside that cannot be decided, with its bytes and the reason, and goes on', async () => {
      const { step, records, total } = await opened(profile);
      const taken = await step().take([message('a', 1, { time: 1, add: -1 }), message('a', 2, { time: 2, add: 5 })]);
      assert.deepEqual(
        taken.map(({ outcome }) => outcome),
        ['failed', 'taken'],
      );
      const [aside] = await records(rejected);
      assert.equal(aside?.headers.quantrac_code, 'Negative');
      assert.equal(Buffer.from(aside!.value).toString(), '{"time":1,"add":-1}');
      assert.equal(await total('a'), 5);
    });

    it('goes on with the same instance after a read that failed, as if nothing had been decided', async () => {
      const { store, step, rows, total } = await opened(profile);
      let fails = true;
      const ranges: StepStore['series']['ranges'] = async (asked) => {
        if (fails) throw Fault.unavailable('DiskFull', 'the disk is full');
        return store.series.ranges(asked);
      };
      const series = withOwn(store.series, { ranges });
      const shaky = step({ store: { ...store, series } });
      fails = false;
      await shaky.take([message('a', 1, { time: 1, add: 1 })]);
      await step().take([message('b', 1, { time: 1, add: 10 })]);
      fails = true;
      const batch = [message('a', 2, { time: 2, add: 2 }), message('b', 2, { time: 2, add: 20 })];
      await assert.rejects(shaky.take(batch), /full/);
      fails = false;
      const taken = await shaky.take(batch);
      assert.deepEqual(
        taken.map(({ outcome }) => outcome),
        ['taken', 'taken'],
      );
      assert.deepEqual([await total('a'), await total('b')], [3, 30]);
      assert.deepEqual([(await rows('a')).length, (await rows('b')).length], [2, 2]);
    });

    it('sets aside a message over which even looking back fails, and says what of it is invalid', async () => {
      const { step, records, total } = await opened(profile);
      const broken = { ...message('a', 1, { time: 1, add: 1 }), data: null as unknown as Data };
      const taken = await step().take([broken, message('a', 2, { time: 2, add: 5 })]);
      assert.deepEqual(
        taken.map(({ outcome }) => outcome),
        ['failed', 'taken'],
      );
      const [aside] = await records(rejected);
      assert.deepEqual(
        [aside?.headers.quantrac_code, aside?.headers.ce_id, aside?.headers.quantrac_topic],
        ['bug', 'numbers/a/0001.000000000001.000000', numbers.name],
      );
      assert.equal(await total('a'), 5);
    });

    it('sets a command aside that its aggregate refuses or cannot take, says so, and does the rest', async () => {
      const { step, records, commands } = await opened(profile);
      let tries = 0;
      const handle = async (command: CommandOutput & { commandId: string }) => {
        if ((command.command as { add: number }).add === 1) throw Fault.rejected('Closed', 'the account is closed');
        if ((command.command as { add: number }).add === 2 && ++tries) throw new Error('a bug');
        commands.set(command.commandId, command.command);
      };
      const refused: string[] = [];
      const onRefused = (_: unknown, error: unknown) => refused.push((error as Error).message);
      await step({ handle, onRefused }).take(three);
      assert.equal(tries, 3);
      assert.deepEqual(refused, ['the account is closed', 'a bug']);
      assert.deepEqual(
        (await records(rejected)).map(({ headers }) => headers.quantrac_code),
        ['Closed', 'bug'],
      );
      assert.deepEqual([...commands.values()], [{ add: 10 }]);
      assert.equal((await records(sums)).length, 3);
    });

    it('lets a message wait until a later one makes it decidable, over a restart, and keeps the order behind it', async () => {
      const { step, rows } = await opened(profile);
      const early = [message('a', 1, { time: 1, add: 1 }, 'Close'), message('a', 2, { time: 2, add: 2 }, 'Late')];
      await step().take(early);
      assert.equal((await rows('a')).length, 1);
      const other: Message = { ...message('a', 1, { time: 3, add: 0 }), topic: 'quantrac.other.v1' };
      await step().take([other]);
      assert.deepEqual(
        (await rows('a')).map(({ time }) => time),
        [1, 2, 3],
      );
    });

    it('gives one result when two instances take the same messages at the same time', async () => {
      const { step, rows, commands, total } = await opened(profile);
      const many = Array.from({ length: 40 }, (_, index) =>
        message(`k${index % 4}`, Math.floor(index / 4) + 1, { time: index, add: 1 }),
      );
      const [one, two] = [step(), step()];
      for (let at = 0; at < many.length; at += 8)
        await Promise.all([one.take(many.slice(at, at + 8)), two.take(many.slice(at, at + 8))]);
      for (const key of ['k0', 'k1', 'k2', 'k3']) {
        assert.equal(await total(key), 10);
        assert.equal((await rows(key)).length, 10);
      }
      assert.equal(commands.size, 40);
    });

    it('gives the same rows wherever the log cuts its batches', async () => {
      const whole = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), time: fc.nat(20), add: fc.nat(9) }), {
        minLength: 1,
        maxLength: 30,
      });
      await fc.assert(
        fc.asyncProperty(whole, fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }), async (numbersSent, cuts) => {
          const messages = numbersSent.map(({ key, time, add }, index) => message(key, index + 1, { time, add }));
          const [one, other] = [await opened(profile), await opened(profile)];
          await one.step().take(messages);
          const restarted = other.step();
          for (let at = 0, cut = 0; at < messages.length; cut++) {
            const end = at + (cuts[cut % cuts.length] ?? 0) + 1;
            await (cut % 2 === 0 ? restarted : other.step()).take(messages.slice(at, end));
            at = end;
          }
          for (const key of ['a', 'b', 'c']) assert.deepEqual(await other.rows(key), await one.rows(key));
        }),
        { numRuns: 12 },
      );
    });

    it('reaches the same result after a crash between any two of its actions', async () => {
      const points: FaultPoint[] = [
        'decided',
        'committed',
        'rows done',
        'documents done',
        'commands done',
        'records done',
        'marked done',
        'position stored',
      ];
      const calm = await opened(profile);
      await calm.step().take(three, { group: 'summing', at: { part: 'log:3' } });
      for (const point of points) {
        const { store, step, commands, records, rows, total } = await opened(profile);
        let crashed = false;
        const at = (reached: FaultPoint) => {
          if (reached !== point || crashed) return;
          crashed = true;
          throw new Error(`crash when ${point}`);
        };
        await assert.rejects(
          step({ at }).take(three, { group: 'summing', at: { part: 'log:3' } }),
          /crash/,
          `the point "${point}" is reached`,
        );
        const successor = step();
        await successor.finishAll();
        await successor.take(three, { group: 'summing', at: { part: 'log:3' } });
        for (const key of ['a', 'b']) {
          assert.deepEqual(await rows(key), await calm.rows(key), point);
          assert.equal(await total(key), await calm.total(key), point);
        }
        assert.deepEqual(commands, calm.commands, point);
        assert.deepEqual(
          new Set((await records(sums)).map(text)),
          new Set((await calm.records(sums)).map(text)),
          point,
        );
        assert.deepEqual((await store.documents.get(positionsCollection, 'summing'))?.document.at, { part: 'log:3' });
      }
    });

    it('changes nothing when a holder that slept wakes behind its successor', async () => {
      const { step, rows, total, commands } = await opened(profile);
      let wake: () => void = () => {};
      const asleep = new Promise<void>((resolve) => {
        wake = resolve;
      });
      let sleeping: () => void = () => {};
      const fallenAsleep = new Promise<void>((resolve) => {
        sleeping = resolve;
      });
      const sleeper = step({
        at: async (point) => {
          if (point !== 'committed') return;
          sleeping();
          await asleep;
        },
      });
      const slow = sleeper.take([three[0]!]);
      await fallenAsleep;
      const successor = step();
      await successor.finishAll();
      await successor.take(three);
      wake();
      await slow;
      assert.equal(await total('a'), 3);
      assert.equal((await rows('a')).length, 2);
      assert.equal(commands.size, 3);
    });
  });
}
