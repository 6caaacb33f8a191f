import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rejectedTopic, type TopicDeclaration } from '@quantrac/contracts';
import type { LogRecord } from '@quantrac/event-log';
import { commandHandler, type Decider, Fault, isFault } from '@quantrac/event-sourcing';
import { pino } from 'pino';
import { z } from 'zod';
import { command, query, type ServiceDefinition, type Stores } from './definition.ts';
import { openEmbeddedStores } from './embedded-stores.ts';
import { connectPeer, type Peer } from './grpc-client.ts';
import { type Hosted, host, retainedTopics } from './host.ts';
import { socketPath } from './node-folder.ts';

const topic = (name: string): TopicDeclaration => ({
  name: `quantrac.${name}.v1`,
  producer: 'counting',
  partitions: 16,
  retentionDays: 14,
  key: 'station',
  public: true,
  description: '',
  records: {},
});
const counters = topic('counters');
const doubles = topic('doubles');

type Event = { type: 'Counted'; data: { by: number } };
const counter: Decider<number, { by: number }, Event> = {
  initial: 0,
  decide: ({ by }) => {
    if (by < 0) throw Fault.rejected('Backward', 'count forward');
    return by === 0 ? [] : [{ type: 'Counted', data: { by } }];
  },
  evolve: (state, { data }) => state + data.by,
};

/** An aggregate that a relay tells, and a processor that follows it. */
function counting(stores: Stores): ServiceDefinition {
  const handle = commandHandler(counter, stores.events.streams<Event>());
  const name = z.object({ name: z.string().min(1), by: z.int() });
  return {
    name: 'counting',
    topics: [counters, doubles],
    processors: [
      {
        name: 'doubling',
        inputs: [counters],
        initial: { seen: 0 },
        decide: ({ seen }, { data, knownAt }) => {
          const double = (data as { total: number }).total * 2;
          const row = {
            kind: 'row',
            topic: doubles,
            type: 'Doubled',
            series: 'double',
            time: seen,
            version: 1,
            knownAt,
            data: { double },
          } as const;
          return { state: { seen: seen + 1 }, outputs: [row] };
        },
      },
    ],
    relays: [
      {
        name: 'counters',
        topic: counters,
        streamPrefix: 'counter-',
        record: ({ streamId, events, metadata }) => {
          const total = (events as Event[]).reduce(counter.evolve, 0);
          return {
            key: streamId.slice('counter-'.length),
            type: 'CounterMoved',
            knownAt: Number(metadata.at),
            data: { total, by: metadata.by },
          };
        },
      },
    ],
    commands: {
      Count: command(name, async ({ name: counterName, by }, { actor, commandId, at }) => {
        const { version } = await handle(
          `counter-${counterName}`,
          { by },
          { commandId, metadata: { by: actor.account, at: String(at) } },
        );
        return { version };
      }),
    },
    queries: {
      topic: query(z.object({ name: z.string() }), async ({ name: wanted }) => [
        await stores.log.read(wanted === counters.name ? counters : doubles, {}, 1000),
      ]),
      double: query(z.object({ times: z.int() }), async ({ times }) =>
        Array.from({ length: times }, (_, index) => ({ index })),
      ),
    },
  };
}

describe('a hosted service', () => {
  const data = mkdtempSync(join(tmpdir(), 'host-'));
  let hosted: Hosted;
  let peer: Peer;
  const by = (commandId: string = randomUUID()) => ({
    actor: { account: 'lan', role: 'department' } as const,
    commandId,
  });
  const start = async () => {
    hosted = await host({
      name: 'counting',
      make: counting,
      settings: { data, logLevel: 'silent' },
      clock: () => 1000,
      logger: pino({ level: 'silent' }),
    });
    peer = connectPeer(`unix:${socketPath(data, 'counting')}`);
  };
  const history = async (name: string, key = ''): Promise<LogRecord[]> => {
    const found: LogRecord[] = [];
    for await (const records of peer.history(name, key)) found.push(...records);
    return found;
  };
  const until = async <T>(attempt: () => Promise<T | undefined>): Promise<T> => {
    for (const end = Date.now() + 5000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const found = await attempt();
      if (found !== undefined) return found;
    }
    throw new Error('it did not come');
  };
  const faultOf = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(isFault(error), String(error));
    return [error.kind, error.code];
  };

  before(start);
  after(async () => {
    peer.close();
    await hosted.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('handles a command, tells its topic who and what, and its processors follow', async () => {
    assert.deepEqual(await peer.handle('Count', { name: 'a', by: 3 }, by()), { version: 1 });
    const doubled = await until(async () => (await history(doubles.name, 'a'))[0]);
    assert.equal(Buffer.from(doubled.value).toString(), '{"double":6}');
    const [told] = await history(counters.name, 'a');
    assert.equal(Buffer.from(told!.value).toString(), '{"total":3,"by":"lan"}');
  });

  it('answers the same command id with the first result', async () => {
    const same = by('one-command');
    assert.deepEqual(await peer.handle('Count', { name: 'b', by: 1 }, same), { version: 1 });
    await peer.handle('Count', { name: 'b', by: 1 }, by());
    assert.deepEqual(await peer.handle('Count', { name: 'b', by: 1 }, same), { version: 1 });
  });

  it('answers faults by their kind and code, and bad data by name', async () => {
    assert.deepEqual(await faultOf(peer.handle('Count', { name: 'a', by: -1 }, by())), ['rejected', 'Backward']);
    assert.deepEqual(await faultOf(peer.handle('Count', { name: '' }, by())), ['invalid', 'DataInvalid']);
    assert.deepEqual(await faultOf(peer.handle('Guess', {}, by())), ['not-found', 'CommandUnknown']);
    assert.deepEqual(await faultOf(peer.query('guess', {})), ['not-found', 'QueryUnknown']);
    assert.deepEqual(await faultOf(history('quantrac.others.v1')), ['not-found', 'TopicUnknown']);
  });

  it('streams an answer of many rows in order', async () => {
    const rows = await peer.query<{ index: number }>('double', { times: 2345 });
    assert.deepEqual(
      rows.map(({ index }) => index),
      Array.from({ length: 2345 }, (_, index) => index),
    );
  });

  it('gives back from its History the records of the topic: same ids, sequences and bytes', async () => {
    for (let count = 0; count < 5; count++) await peer.handle('Count', { name: `h${count % 2}`, by: 1 }, by());
    await until(async () => ((await history(doubles.name, 'h0')).length === 3 ? true : undefined));
    const plain = ({ key, headers, value }: LogRecord) =>
      `${key} ${JSON.stringify(Object.entries(headers).sort())} ${Buffer.from(value)}`;
    for (const { name } of [counters, doubles]) {
      const kept = await history(name);
      const { records } = await hosted.definition.queries
        .topic!.answer({ name })
        .then(([batch]) => batch as { records: LogRecord[] });
      assert.deepEqual(new Set(kept.map(plain)), new Set(records.map(plain)));
    }
  });

  it('goes on after a restart where it was', async () => {
    const before = (await history(doubles.name, 'a')).length;
    peer.close();
    await hosted.stop();
    await start();
    await peer.handle('Count', { name: 'a', by: 1 }, by());
    await until(async () => ((await history(doubles.name, 'a')).length === before + 1 ? true : undefined));
  });

  it('keeps in its History the ids and sequences that were published, after its epoch was raised', async () => {
    const idOf = ({ headers }: LogRecord) => `${headers.ce_id} ${headers.ce_sequence}`;
    const ids = async (key: string) => (await history(counters.name, key)).map(idOf);
    const published = async () => {
      const [batch] = await hosted.definition.queries.topic!.answer({ name: counters.name });
      return (batch as { records: LogRecord[] }).records.filter(({ key }) => key === 'e').map(idOf);
    };
    for (const by_ of [1, 2]) await peer.handle('Count', { name: 'e', by: by_ }, by());
    const old = await until(async () => ((await published()).length === 2 ? ids('e') : undefined));
    for (const epoch of ['0002', '0003']) {
      peer.close();
      await hosted.stop();
      const stores = await openEmbeddedStores(data, 'counting');
      await stores.log.raiseEpoch();
      await stores.close();
      await start();
      assert.deepEqual((await ids('e')).slice(0, old.length), old);
      await peer.handle('Count', { name: 'e', by: 1 }, by());
      await until(async () => ((await published()).length > old.length ? true : undefined));
      assert.deepEqual(await ids('e'), await published());
      assert.match((await ids('e')).at(-1)!, new RegExp(` ${epoch}\\.`));
      old.push((await ids('e')).at(-1)!);
    }
  });

  it('lets nothing grow for ever: neither its topics nor what its groups set aside', () => {
    const processing = { ...hosted.definition, setAside: [topic('aside')] };
    assert.deepEqual(
      retainedTopics(processing, [rejectedTopic('doubling', 'counting')]).map(({ name }) => name),
      [
        'quantrac.counters.v1',
        'quantrac.doubles.v1',
        'quantrac.private.replayed.doubling.v1',
        'quantrac.aside.v1',
        'quantrac.private.rejected.doubling.v1',
      ],
    );
  });

  it('has its place on the folder alone', async () => {
    const second = host({ name: 'counting', make: counting, settings: { data, logLevel: 'silent' } });
    await assert.rejects(second, { code: 'FolderInUse', message: /counting runs already/ });
    assert.ok((await peer.query('health', {})).length > 0);
  });

  it('that cannot start leaves its place to the next', async () => {
    const other = mkdtempSync(join(tmpdir(), 'host-'));
    const failing = (stores: Stores): ServiceDefinition => ({
      ...counting(stores),
      run: [() => Promise.reject(new Error('no port is free'))],
    });
    const options = { name: 'counting', settings: { data: other, logLevel: 'silent' } } as const;
    await assert.rejects(host({ ...options, make: failing }), /no port is free/);
    await assert.rejects(host({ ...options, make: () => assert.fail('made wrongly') }), /made wrongly/);
    await (await host({ ...options, make: counting })).stop();
    rmSync(other, { recursive: true });
  });

  it('is healthy while its groups have their partitions', async () => {
    await until(async () => (hosted.health().every(({ active }) => active) ? true : undefined));
    assert.deepEqual(await peer.query('health', {}), [{ group: 'doubling', active: true }]);
  });
});
