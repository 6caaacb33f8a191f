import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rejectedTopic, sequenceOf, type TopicDeclaration, toEntry } from '@quantrac/contracts';
import type { RejectedReplayed } from '@quantrac/contracts/commands/rejected';
import type { Rejected, RejectedGroup } from '@quantrac/contracts/queries/rejected';
import { type Processor, relayOnce } from '@quantrac/stream-processing';
import { pino } from 'pino';
import type { ServiceDefinition, Stores } from './definition.ts';
import { openEmbeddedStores } from './embedded-stores.ts';
import { connectPeer } from './grpc-client.ts';
import { host } from './host.ts';
import { socketPath } from './node-folder.ts';
import { replay, replaysRelay } from './replays.ts';
import { setAside } from './set-aside.ts';

const words: TopicDeclaration = {
  name: 'quantrac.words.v1',
  producer: 'telling',
  partitions: 16,
  retentionDays: 14,
  key: 'station',
  public: true,
  description: '',
  records: {},
};

/** Keeps the words that it takes, in their order; does not know some. */
const keeping = (name: string, unknown: Set<string>): Processor<readonly string[]> => ({
  name,
  inputs: [words],
  initial: [],
  documents: { [name]: {} },
  decide(state, { key, data }) {
    if (unknown.has(String(data))) throw new Error(`what is ${data}?`);
    const kept = [...state, String(data)];
    return { state: kept, outputs: [{ kind: 'document', collection: name, documentKey: key, document: { kept } }] };
  },
});

const by = (commandId: string = randomUUID()) => ({
  actor: { account: 'lan', role: 'server-operator' } as const,
  commandId,
});

async function until<T>(wanted: T, attempt: () => Promise<T>): Promise<void> {
  let found = await attempt();
  for (let tries = 0; tries < 500 && JSON.stringify(found) !== JSON.stringify(wanted); tries++) {
    await sleep(10);
    found = await attempt();
  }
  assert.deepEqual(found, wanted);
}

async function started(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'rejected-'));
  const unknown = new Set<string>();
  let stores: Stores;
  const make = (own: Stores): ServiceDefinition => {
    stores = own;
    const processors = [keeping('strict', unknown), keeping('lax', new Set())];
    const setAside = [rejectedTopic('standing', 'telling')];
    return { name: 'telling', topics: [words], setAside, processors, relays: [], commands: {}, queries: {} };
  };
  const start = () =>
    host({ name: 'telling', make, settings: { data, logLevel: 'silent' }, logger: pino({ level: 'silent' }) });
  let hosted = await start();
  const peer = connectPeer(`unix:${socketPath(data, 'telling')}`);
  t.after(async () => {
    peer.close();
    await hosted.stop();
    rmSync(data, { recursive: true, force: true });
  });
  let told = 0;
  return {
    unknown,
    peer,
    async restart(meanwhile: (stores: Stores) => Promise<void> = async () => {}) {
      await hosted.stop();
      const away = await openEmbeddedStores(data, 'telling');
      await meanwhile(away);
      await away.close();
      hosted = await start();
    },
    tell: (key: string, ...texts: readonly string[]) =>
      stores.log.publish(
        words,
        texts.map((text) => {
          const sequence = sequenceOf(1, ++told, 0);
          const value = Buffer.from(text === 'garbage' ? '{' : JSON.stringify(text));
          return toEntry(words.name, { key, type: 'Word', sequence, knownAt: told, source: 'urn:n1' }, value);
        }),
      ),
    kept: (group: string, ...wanted: readonly string[]) =>
      until(wanted, async () => {
        const found = await stores.documents.get<{ kept: string[] }>({ name: group }, 'a');
        return found?.document.kept ?? [];
      }),
    list: (asked: object = { group: 'strict' }) => peer.query<Rejected>('rejected', asked),
    groups: async () =>
      (await peer.query<RejectedGroup>('rejectedGroups', {})).map((row) => [row.group, row.count, row.waiting]),
    replay: (which: readonly string[] | { upTo: string }, command?: string, group = 'strict') =>
      peer.handle<RejectedReplayed>('ReplayRejected', { group, which }, by(command)),
  };
}

const whole = ({ reason, code, key, bytes, again, replayed }: Rejected) => [reason, code, key, bytes, again, replayed];

describe('what the groups of a service have set aside', () => {
  it('is listed with its reason, place and size, newest first, page by page, and counted', async (t) => {
    const { unknown, tell, kept, list, groups } = await started(t);
    unknown.add('two').add('four');
    await tell('a', 'one', 'two', 'three');
    await kept('strict', 'one', 'three');
    await tell('a', 'four', 'garbage', 'five');
    await kept('strict', 'one', 'three', 'five');
    await kept('lax', 'one', 'two', 'three', 'four', 'five');
    const rows = await list();
    assert.deepEqual(rows.map(whole).sort(), [
      [rows.find(({ bytes }) => bytes === 1)!.reason, 'RecordUnreadable', 'a', 1, false, false],
      ['what is four?', 'bug', 'a', 6, false, false],
      ['what is two?', 'bug', 'a', 5, false, false],
    ]);
    const oldest = rows.at(-1)!;
    assert.partialDeepStrictEqual(oldest, { group: 'strict', topic: words.name, type: 'Word', reason: 'what is two?' });
    assert.equal(oldest.sequence, sequenceOf(1, 2, 0));
    assert.match(oldest.position, /:1$/);
    const paged: Rejected[] = [];
    for (let page = await list({ group: 'strict', limit: 1 }); page.length > 0; ) {
      paged.push(...page);
      const { at, id } = page.at(-1)!;
      page = await list({ group: 'strict', limit: 1, before: { at, id } });
    }
    assert.deepEqual(paged, rows);
    assert.deepEqual(await groups(), [
      ['standing', 0, 0],
      ['strict', 3, 3],
      ['lax', 1, 1],
    ]);
    assert.equal((await list({})).length, 4);
  });

  it('goes to its group alone when it is replayed, late, once, and that is seen', async (t) => {
    const { unknown, tell, kept, list, groups, replay, restart } = await started(t);
    unknown.add('two');
    await tell('a', 'one', 'two', 'three');
    await kept('strict', 'one', 'three');
    unknown.clear();
    const [{ id }] = (await list()) as [Rejected];
    assert.deepEqual(await replay([id], 'first'), { replayed: 1, already: 0, left: 0 });
    await kept('strict', 'one', 'three', 'two');
    for (const command of ['first', 'second'])
      assert.deepEqual(await replay([id], command), { replayed: 0, already: 1, left: 0 });
    await restart();
    assert.deepEqual(await replay({ upTo: new Date().toISOString() }), { replayed: 0, already: 0, left: 0 });
    await tell('a', 'four');
    await kept('strict', 'one', 'three', 'two', 'four');
    await kept('lax', 'one', 'two', 'three', 'four');
    assert.deepEqual(
      (await list()).map(({ replayed }) => replayed),
      [true],
    );
    assert.deepEqual((await groups())[1], ['strict', 1, 0]);
  });

  it('is set aside and listed again when it fails again, and can be replayed again', async (t) => {
    const { unknown, tell, kept, list, replay } = await started(t);
    unknown.add('two');
    await tell('a', 'two', 'three');
    await kept('strict', 'three');
    const [first] = await list();
    await replay([first!.id]);
    await until(2, async () => (await list()).length);
    const second = (await list()).find(({ again }) => again)!;
    assert.deepEqual({ ...second, at: '', again: false, id: '' }, { ...first, at: '', id: '' });
    unknown.clear();
    await replay([first!.id]);
    assert.deepEqual(await replay([second.id]), { replayed: 1, already: 0, left: 0 });
    await kept('strict', 'three', 'two');
  });

  it('is replayed as a whole in the order in which it was set aside, up to an instant', async (t) => {
    const { unknown, tell, kept, peer, replay } = await started(t);
    unknown.add('2').add('3').add('5').add('6');
    await tell('a', '1', '2', '3', '4');
    await kept('strict', '1', '4');
    const rows = await peer.query<RejectedGroup>('rejectedGroups', {});
    const upTo = rows.find(({ group }) => group === 'strict')!.newest!;
    await sleep(5);
    await tell('a', '5', '6', '7');
    await kept('strict', '1', '4', '7');
    unknown.clear();
    assert.deepEqual(await replay({ upTo }), { replayed: 2, already: 0, left: 0 });
    await kept('strict', '1', '4', '7', '2', '3');
  });

  it('reaches a group that was away for longer than the topic keeps it', async (t) => {
    const { unknown, tell, kept, list, restart } = await started(t);
    unknown.add('two');
    await tell('a', 'one', 'two', 'three');
    await kept('strict', 'one', 'three');
    const [{ id }] = (await list()) as [Rejected];
    unknown.clear();
    await restart(async ({ events, log, documents }) => {
      const topics = () => new Map([['strict', rejectedTopic('strict', 'telling')]]);
      const hand = replay({ events, fed: ['strict'], topics, setAside: (topic) => setAside(log, topic) });
      await hand({ group: 'strict', which: [id] }, { ...by(), at: 7 });
      const relay = replaysRelay('strict', 'telling');
      while (await relayOnce(relay, { events, log, documents, node: 'n1', epoch: log.epoch }));
      assert.equal(await log.retain({ ...relay.topic, retentionDays: -1 }), 1);
    });
    await kept('strict', 'one', 'three', 'two');
  });

  it('is refused by name where the group or the record is not known, or the group takes nothing again', async (t) => {
    const { replay, list } = await started(t);
    await assert.rejects(replay(['x'], 'c1', 'nobody'), { code: 'GroupUnknown' });
    await assert.rejects(replay(['x', 'y'], 'c2'), { code: 'RejectedUnknown', message: /has not set aside x, y/ });
    await assert.rejects(replay(['x'], 'c3', 'standing'), {
      code: 'GroupTakesNothingAgain',
      message: /standing takes/,
    });
    assert.deepEqual(await list({ group: 'nobody' }), []);
  });
});
