import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually, stationFile } from '@quantrac/testing';
import { openIntake } from '../testing/open-intake.ts';
import { aStation, at } from '../testing/records.ts';

const PATH = 'HCM_ABC_NT09_20260115083000.txt';
const cod = (value: string) => stationFile(at('08:30'), [{ symbol: 'COD', value }]);
const valuesOf = (sets: Awaited<ReturnType<Awaited<ReturnType<typeof openIntake>>['sets']>>) =>
  sets.map(({ readings }) => Object.fromEntries(readings.map(({ channel, value }) => [channel, value])));

describe('a file that no station takes', () => {
  it('is another one when another account sends it, and each is taken in when its account is linked', async (test) => {
    const intake = await openIntake(test);
    for (const account of ['one', 'two', 'one'])
      assert.equal((await intake.send({ path: PATH, text: cod('1'), account })).outcome, 'held');
    await intake.send({ path: PATH.replace('.txt', '.TXT'), text: cod('1'), account: 'two' });
    assert.deepEqual(
      (await intake.held()).map(({ account }) => account),
      ['one', 'two'],
    );
    await intake.register(aStation({ prefixes: [], accounts: ['two'] }));
    await eventually(async () => assert.deepEqual(valuesOf(await intake.sets()), [{ COD: '1' }]));
    assert.deepEqual(
      (await intake.held()).map(({ account }) => account),
      ['one'],
    );
  });

  it('is another one when two accounts send it at the same moment', async (test) => {
    const intake = await openIntake(test);
    await Promise.all(['one', 'two', 'one'].map((account) => intake.send({ path: PATH, text: cod('1'), account })));
    assert.deepEqual((await intake.held()).map(({ account }) => account).sort(), ['one', 'two']);
  });
});
