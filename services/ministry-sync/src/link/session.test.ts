import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyRoot, hashToBytes } from '@quantrac/journal';
import { journalsBeside } from '@quantrac/journal-store';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { ministrySyncSettings } from '../config.ts';
import { emptyWelcome, type ForgedMinistry, startForgedMinistry } from '../testing/forged-ministry.ts';
import { ministryAt } from './ministry.ts';
import { Session, type SessionContext } from './session.ts';

const heartbeat = async () => ({
  size: 0n,
  sentAt: '2026-01-15T01:30:00.000Z',
  version: '1',
  diskFree: 1n,
  lateStations: undefined,
});

async function sessionWith(t: TestContext, { address }: ForgedMinistry, given: Partial<SessionContext>) {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ministry-sync');
  const ministry = ministryAt(address, ministrySyncSettings.parse({}));
  t.after(async () => {
    ministry.close();
    await stores.close();
  });
  return new Session(ministry.replicate(), {
    journals: journalsBeside(stores.log),
    node: 'n1',
    sections: [{ incarnation: 1 }],
    windowBlocks: 16,
    heartbeatMs: 20,
    heartbeat,
    extent: async () => ({ incarnation: 1, size: 0, root: hashToBytes(emptyRoot) }),
    directivesReceived: async () => ({ last: 0, hash: '' }),
    directivesTaken: async () => ({ upTo: 0n, refused: [] }),
    onWelcomed: () => undefined,
    onAcknowledged: () => undefined,
    onDirectives: async () => undefined,
    digests: async () => [],
    ...given,
  });
}

describe('a session with the ministry', () => {
  test('is lost where a directive cannot be stored, so that it is sent again', async (t) => {
    const ministry = await startForgedMinistry(t, (said, write) => {
      if (said.$case !== 'hello') return;
      write(emptyWelcome(said.value.root));
      write({ $case: 'directives', value: { directives: [{ number: 1n, value: '{}' }] } });
    });
    const session = await sessionWith(t, ministry, {
      onDirectives: () => Promise.reject(new Error('the disk is full')),
    });
    assert.deepEqual(await session.ended, { kind: 'lost', problem: 'the disk is full' });
  });

  test('says nothing more once it has ended, also where it ended while it was beginning', async (t) => {
    const ministry = await startForgedMinistry(t, (said, write) => {
      if (said.$case === 'hello') write(emptyWelcome(said.value.root));
    });
    let beats = 0;
    const session = await sessionWith(t, ministry, {
      heartbeat: async () => {
        beats++;
        session.close();
        return heartbeat();
      },
    });
    await session.ended;
    await sleep(200);
    assert.equal(beats, 1);
  });
});
