import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyRoot, hashToBytes } from '@quantrac/journal';
import { startForgedMinistry } from '../testing/forged-ministry.ts';
import { sessionContextWith } from '../testing/session-context.ts';
import { Link } from './link.ts';

const root = hashToBytes(emptyRoot);

test('before the first record the ministry is asked, however late this instance gets its turn', async (t) => {
  const ministry = await startForgedMinistry(t, (said, write) => {
    if (said.$case === 'hello') write({ $case: 'welcome', value: { incarnation: 7, size: 9n, root, directives: 0n } });
  });
  const { ministry: asked, session } = await sessionContextWith(t, ministry);
  let active = false;
  const link = new Link({
    ministry: asked,
    session,
    active: () => active,
    confirmed: async () => true,
    onLost: () => undefined,
    onConnecting: () => undefined,
    firstAnswerMs: 5000,
  });
  t.after(() => link.close());
  await sleep(5100);
  active = true;
  assert.equal((await link.asked())?.code, 'IncarnationUnknown');
});
