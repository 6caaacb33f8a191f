import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectPeer, nodeIdentity, socketPath } from '@quantrac/service';
import { startService, temporaryFolder } from '@quantrac/testing';
import { emptyWelcome, startForgedMinistry } from '../testing/forged-ministry.ts';

const unreadable = '{"kind":"unheard-of"}';

describe('what the ministry sends down', () => {
  test('is kept as it came where it cannot be read, refused in its turn, and stops nothing behind it', async (t) => {
    const data = temporaryFolder();
    const { node } = nodeIdentity(data);
    const readable = {
      directive: `${node}/2`,
      number: 2,
      node,
      kind: 'correction-requested',
      station: null,
      reason: 'hour 8 of 15/01',
      by: 'minister',
      knownAt: '2026-01-15T01:30:00.000Z',
    };
    const texts = [unreadable, JSON.stringify(readable)];
    const ministry = await startForgedMinistry(t, (said, write) => {
      if (said.$case !== 'hello') return;
      write(emptyWelcome(said.value.root));
      const directives = texts.map((value, index) => ({ number: BigInt(index + 1), value }));
      write({ $case: 'directives', value: { directives } });
    });
    const sync = await startService('ministry-sync', data, {
      QUANTRAC_MINISTRY: ministry.address,
      QUANTRAC_LOG_LEVEL: 'silent',
    });
    t.after(() => sync.stop());
    const { refused } = await ministry.newest('directivesTaken', ({ upTo }) => upTo === 2n);
    assert.deepEqual(
      refused.map(({ number, code }) => [Number(number), code]),
      [[1, 'DirectiveUnreadable']],
    );
    const peer = connectPeer(`unix:${socketPath(data, 'ministry-sync')}`);
    t.after(() => peer.close());
    const rows = await peer.query<{ kind: string; state: string; reason: string }>('directives', {});
    assert.deepEqual(
      rows.map(({ kind, state, reason }) => [kind, state, reason]),
      [
        ['unreadable', 'refused', unreadable],
        ['correction-requested', 'carried-out', 'hour 8 of 15/01'],
      ],
    );
  });
});
