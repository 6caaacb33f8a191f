import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '@quantrac/conformance/eventually';
import { type RecordReplayed, replayedTopic, sequenceOf, toEntry } from '@quantrac/contracts';
import type { LogRecord, ReceivedRecord, Topic } from '@quantrac/event-log';
import { consume } from './consume.ts';
import type { HandleCommand } from './do-pending.ts';
import type { Processor } from './processor.ts';
import { cellOf, withCommandsAgain } from './replay.ts';
import {
  type Added,
  adding,
  handleIn,
  numberRecord,
  numbers,
  type Profile,
  rejected,
  stepStoreOf,
  toldOf,
} from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';

const replayed = replayedTopic('adding', 'tests');

/** What a test breaks and mends: decisions about one number, and the aggregate that takes commands. */
interface Broken {
  number?: number | undefined;
  outputs?: number | undefined;
  account?: boolean;
}

const breaking = (broken: Broken): Processor<number> => ({
  ...adding,
  decide(total, message, rows) {
    const { add } = message.data as Added;
    if (add === broken.number) throw new Error(`cannot add ${add}`);
    const decision = adding.decide(total, message, rows);
    if (add !== broken.outputs) return decision;
    return { ...decision, outputs: decision.outputs.map((one) => (one.kind === 'row' ? { ...one, time: NaN } : one)) };
  },
});

const plain = ({ key, headers, value }: ReceivedRecord): Pick<RecordReplayed, 'key' | 'headers' | 'value'> => ({
  key,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('quantrac_'))),
  value: Buffer.from(value).toString('base64'),
});

async function opened(t: TestContext, profile: Profile) {
  const stores = await openedStores(t);
  const broken: Broken = {};
  const handled: string[] = [];
  const handle: HandleCommand = async (command) => {
    if (broken.account) throw new Error('the account is broken');
    handled.push(command.commandId);
    await handleIn(stores)(command);
  };
  const store = await stepStoreOf(profile, stores.database, stores);
  const processor = withCommandsAgain(breaking(broken));
  const start = () => {
    const step = addingStep(stores, store, { processor, handle });
    const history = () => Promise.reject(new Error('all is there'));
    return consume({ processor, step, store, rejected, replayed, history: history as never });
  };
  const all = async (of: Topic) => (await stores.log.read(of, {}, 1e6)).records;
  const publish = (...records: readonly LogRecord[]) => stores.log.publish(numbers, records);
  /** As an owner tells it: `revision` is the place of the replay. */
  const replay = (aside: ReceivedRecord, revision: number) => {
    const topic = aside.headers.quantrac_topic!;
    const position = aside.headers.quantrac_position!;
    const key = cellOf(topic, aside);
    const again = {
      ...plain(aside),
      id: `r${revision}`,
      key,
      topic,
      position,
      by: 'lan',
      at: new Date(7).toISOString(),
    };
    const envelope = { type: 'RecordReplayed', sequence: sequenceOf(1, revision, 0), knownAt: 7, source: 'urn:n1' };
    const value = Buffer.from(JSON.stringify(again));
    return stores.log.publish(replayed, [toEntry(replayed.name, { ...envelope, key }, value)]);
  };
  const reached = (sum: number, key = 'a') =>
    eventually(async () => {
      const total = await stores.documents.get<{ sum: number }>({ name: 'totals' }, key);
      return total?.document.sum === sum;
    });
  const aside = async (count: number) => {
    await eventually(async () => (await all(rejected)).length >= count);
    return all(rejected);
  };
  return { stores, broken, handled, start, all, publish, replay, reached, aside };
}

const add = (revision: number, number: number) => numberRecord('a', revision, { time: revision, add: number });

for (const profile of ['sqlite', 'ports'] as const)
  describe(`what was set aside on ${profile} and comes again`, () => {
    it('is taken though later ones of its topic were, once, however often it is told and whoever takes it', async (t) => {
      const { stores, broken, start, all, publish, replay, reached, aside } = await opened(t, profile);
      broken.number = 2;
      await publish(add(1, 1), add(2, 2), add(3, 4));
      const first = await start();
      await reached(5);
      const [record] = await aside(1);
      broken.number = undefined;
      await replay(record!, 1);
      await reached(7);
      await replay(record!, 1);
      await publish(add(4, 8));
      await reached(15);
      await first.close();
      const second = await start();
      await replay(record!, 1);
      await publish(add(5, 16));
      await reached(31);
      await second.close();
      assert.equal((await all(rejected)).length, 1);
      const told = await toldOf(stores, 'a');
      assert.deepEqual(
        told.commands.map((one) => one.add).filter((one) => one > 0),
        [1, 4, 2, 8, 16],
      );
    });

    it('is the record that it was: its bytes, envelope, topic and position', async (t) => {
      const { broken, start, all, publish, replay, reached, aside } = await opened(t, profile);
      broken.number = 2;
      await publish(add(1, 1), add(2, 2), add(3, 4));
      const following = await start();
      await reached(5);
      const [before] = await aside(1);
      await replay(before!, 1);
      const [, again] = await aside(2);
      await following.close();
      assert.equal(before!.headers.quantrac_position, (await all(numbers))[1]!.position);
      const { quantrac_replay: replay_, ...headers } = again!.headers;
      assert.deepEqual([headers, again!.value, again!.key], [before!.headers, before!.value, before!.key]);
      assert.equal(replay_, sequenceOf(1, 1, 0));
    });

    it('is set aside again with its own bytes when it still cannot be read, and keeps nothing waiting', async (t) => {
      const { start, publish, replay, reached, aside } = await opened(t, profile);
      const garbage = { ...add(2, 2), value: Buffer.from('{"time":2,') };
      const nameless = { key: 'a', headers: { ce_type: 'Number' }, value: Buffer.from([123, 0xff]) };
      await publish(add(1, 1), garbage, nameless, add(3, 4));
      const following = await start();
      await reached(5);
      const first = await aside(2);
      for (const [index, record] of first.entries()) await replay(record, index + 1);
      await publish(add(4, 8));
      await reached(13);
      const again = (await aside(4)).slice(2);
      await following.close();
      assert.deepEqual(again.map(plain), first.map(plain));
      assert.deepEqual(
        again.map(({ headers }) => [headers.quantrac_topic, headers.quantrac_replay]),
        [1, 2].map((revision) => [numbers.name, sequenceOf(1, revision, 0)]),
      );
    });

    it('is a command that goes to its aggregate under its first id', async (t) => {
      const { broken, handled, start, publish, replay, reached, aside } = await opened(t, profile);
      broken.account = true;
      await publish(add(1, 1));
      const following = await start();
      await reached(1);
      const commands = await aside(2);
      assert.deepEqual(handled, []);
      broken.account = false;
      for (const [index, command] of commands.entries()) await replay(command, index + 1);
      await replay(commands[0]!, 1);
      await publish(add(2, 2));
      await reached(3);
      await eventually(() => handled.length >= 4);
      await following.close();
      assert.deepEqual(
        handled.slice(0, 2),
        commands.map(({ headers }) => headers.ce_id),
      );
      assert.equal(handled.length, 4);
    });

    it('may have put out what no store can take: that keeps nothing else waiting', async (t) => {
      const { broken, start, all, publish, replay, reached, aside } = await opened(t, profile);
      broken.outputs = 2;
      await publish(add(1, 1), add(2, 2), add(3, 4), numberRecord('b', 1, { time: 1, add: 16 }));
      const following = await start();
      await reached(5);
      await reached(16, 'b');
      const [record] = await aside(1);
      assert.match(record!.headers.quantrac_reason!, /a row of sum has time NaN/);
      assert.equal(record!.headers.quantrac_code, 'bug');
      broken.outputs = undefined;
      await replay(record!, 1);
      await reached(7);
      await following.close();
      assert.equal((await all(rejected)).length, 1);
    });
  });
