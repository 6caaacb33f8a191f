import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyWelcome, type ForgedMinistry, startForgedMinistry } from '../testing/forged-ministry.ts';
import { heartbeat, sessionContextWith } from '../testing/session-context.ts';
import { Session, type SessionContext } from './session.ts';

async function sessionWith(t: TestContext, forged: ForgedMinistry, given: Partial<SessionContext>) {
  const { ministry, session } = await sessionContextWith(t, forged, given);
  return new Session(ministry.replicate(), session);
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
