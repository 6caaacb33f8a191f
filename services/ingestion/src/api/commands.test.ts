import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { stationFile } from '@quantrac/testing';
import { openIntake } from '../testing/open-intake.ts';
import { aStation, at } from '../testing/records.ts';

const text = stationFile(at('08:30'), [{ symbol: 'COD', value: '1' }]);
const actor = {
  account: 'ha',
  role: 'contractor',
  organisation: 'Trung tâm quan trắc',
  onBehalfOf: 'so-nnmt',
  from: '10.0.0.7',
} as const;
const { from: _, ...by } = actor;
const asHa = { actor, commandId: 'c1' };

describe('what a person says of a held file', () => {
  it('is told with who said it and by which command, and answered the same when it is said again', async (test) => {
    const intake = await openIntake(test, [aStation()]);
    const answer = await intake.send({ path: 'x_20260115083000.txt', text });
    assert.ok(answer.outcome === 'held');
    const assign = { held: answer.receipt, station: 'station1' };
    const first = await intake.ask('AssignHeldFile', assign, asHa);
    assert.deepEqual(first, { held: answer.receipt, state: 'released' });
    assert.deepEqual(await intake.ask('AssignHeldFile', assign, asHa), first);
    const [released] = await intake.held('released');
    assert.deepEqual([released!.cause, released!.by, released!.version], ['command:c1', by, 2]);
    await assert.rejects(intake.ask('AssignHeldFile', assign), (error) => isFault(error, 'HeldSettled'));
  });

  it('is told so when he has a file read again, and when he dismisses it', async (test) => {
    const intake = await openIntake(test, [aStation()]);
    const ahead = stationFile(at('09:30'), [{ symbol: 'COD', value: '1' }]);
    const held = [];
    for (const [path, sent] of [
      ['HCM_ABC_NT01_20260115093000.txt', ahead],
      ['y_20260115083000.txt', text],
    ] as const) {
      const answer = await intake.send({ path, text: sent });
      assert.ok(answer.outcome === 'held');
      held.push(answer.receipt);
    }
    const now = { at: at('09:30') };
    intake.wait(now.at);
    await intake.ask('ReprocessHeldFiles', { held: held[0] }, { ...asHa, ...now });
    const dismiss = { held: held[1], reason: 'a test of the logger' };
    for (const again of [1, 2])
      assert.deepEqual(
        await intake.ask('DismissHeldFile', dismiss, { actor, commandId: 'c2' }),
        { held: held[1], state: 'dismissed' },
        `${again}`,
      );
    const settled = [...(await intake.held('released')), ...(await intake.held('dismissed'))];
    assert.deepEqual(
      settled.map((one) => [one.cause, one.by]),
      [
        ['command:c1', by],
        ['command:c2', by],
      ],
    );
  });
});
