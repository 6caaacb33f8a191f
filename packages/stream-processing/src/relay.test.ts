import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { type Relay, relayOnce } from './relay.ts';
import { openStores, sums } from './testing/adding.ts';
import { type FailsWhen, failing } from './testing/failing.ts';

const relayOf = (name: string): Relay => ({
  name,
  topic: sums,
  streamPrefix: 'account-',
  record({ events, streamId, version, metadata }) {
    const total = events.reduce<number>((sum, event) => sum + (event as { add: number }).add, 0);
    if (total === 0) return undefined;
    return { key: streamId, type: 'Summed', knownAt: Number(metadata.at), data: { total, version } };
  },
});

async function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  const stores = await openStores(folder);
  t.after(async () => {
    await stores.database.close();
    rmSync(folder, { recursive: true });
  });
  const faults = failing();
  const { watched } = faults;
  const { events, documents, log } = stores;
  const options = { events: watched(events), documents: watched(documents), log: watched(log), node: 'n1', epoch: 1 };
  const append = async (streamId: string, version: number, ...added: readonly number[]) => {
    const commandId = `${streamId} ${version}`;
    const metadata = { at: String(version + 1) };
    const all = added.map((add) => ({ add }));
    await events.append(streamId, version, all, { commandId, metadata });
  };
  const told = async () =>
    (await log.read(sums, {}, 1e6)).records.map(
      ({ headers, value }) => `${headers.ce_id} ${headers.ce_time} ${Buffer.from(value)}`,
    );
  return { faults, options, append, told };
}

/** Goes on as the shell does: again after whatever failed, until nothing is left. */
async function relayAll(relay: Relay, options: Parameters<typeof relayOnce>[1]): Promise<number> {
  let failures = 0;
  for (let moved = true; moved; )
    try {
      moved = await relayOnce(relay, options);
    } catch (error) {
      if (!isFault(error, 'Failing')) throw error;
      failures++;
    }
  return failures;
}

describe('a relay', () => {
  it('tells the state that each commit led to, in their order, and what there is nothing to tell of not', async (t) => {
    const { options, append, told } = await opened(t);
    await append('account-a', 0, 1, 2);
    await append('other-b', 0, 7);
    await append('account-b', 0, 5);
    await append('account-a', 2, -3);
    await append('account-a', 3, 4);
    await relayAll(relayOf('sums'), options);
    await append('account-b', 1, 5);
    await relayAll(relayOf('sums'), options);
    assert.deepEqual(await told(), [
      'sums/account-a/0001.000000000002.000000 1970-01-01T00:00:00.001Z {"total":3,"version":2}',
      'sums/account-b/0001.000000000001.000000 1970-01-01T00:00:00.001Z {"total":5,"version":1}',
      'sums/account-a/0001.000000000004.000000 1970-01-01T00:00:00.004Z {"total":4,"version":4}',
      'sums/account-b/0001.000000000002.000000 1970-01-01T00:00:00.002Z {"total":10,"version":2}',
    ]);
  });

  it('goes on in the epoch in which another instance has told, where it runs on in an older one', async (t) => {
    const { options, append, told } = await opened(t);
    for (const [version, epoch] of [1, 2, 1].entries()) {
      await append('account-a', version, 1);
      await relayAll(relayOf('sums'), { ...options, epoch });
    }
    const ids = (await told()).map((one) => one.split(' ')[0]);
    assert.deepEqual(ids, [
      'sums/account-a/0001.000000000001.000000',
      'sums/account-a/0002.000000000002.000000',
      'sums/account-a/0002.000000000003.000000',
    ]);
  });

  it('loses no commit and tells none differently, whichever call of its stores fails, also between record and position', async (t) => {
    const { faults, options, append, told } = await opened(t);
    for (const stream of ['account-a', 'account-b', 'account-c']) await append(stream, 0, 1, 2);
    faults.failAt(Infinity, 'before it is done');
    await relayAll(relayOf('calm'), options);
    const calls = faults.calls();
    const calm = await told();
    let repeats = 0;
    for (const when of ['before it is done', 'after it was done'] satisfies FailsWhen[])
      for (let call = 1; call <= calls; call++) {
        const before = (await told()).length;
        faults.failAt(call, when);
        assert.equal(await relayAll(relayOf(`${call} ${when}`), options), 1);
        const again = (await told()).slice(before);
        if (again.length > calm.length) repeats++;
        assert.deepEqual(again.slice(-calm.length), calm, `call ${call} fails ${when}`);
        assert.deepEqual(new Set(again), new Set(calm));
      }
    // after the publish, and before and after the position was stored, once the record is there
    assert.ok(repeats >= 2);
  });
});
