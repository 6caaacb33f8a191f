import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { CredentialsChecked } from '@quantrac/contracts/commands/station-registry';
import { day, openRegistry, temporaryFolder } from '../testing/open-registry.ts';

const account = 'kcn_song_than';
const password = 'mật khẩu dài';
const hourMs = 3_600_000;

const open = async (test: TestContext) => {
  const registry = await openRegistry(test, await temporaryFolder(test));
  const { ask } = registry;
  await ask('RegisterUploadAccount', { account, name: 'KCN Sóng Thần', password });
  for (const station of ['s1', 's2', 's3']) await ask('RegisterStation', { station, kind: 'stack', name: station });
  for (const station of ['s1', 's3']) await ask('LinkAccount', { station, account });
  const check = (over: object = {}, at = day) =>
    ask<CredentialsChecked>('CheckCredentials', { account, password, way: 'ftp', secure: true, ...over }, { at });
  return { ...registry, check };
};

const refused = { ok: false, refused: 'credentials' };

describe('checking credentials', () => {
  it('answers the account and the stations that it may upload for', async (test) => {
    const { check, ask } = await open(test);
    const answer = { ok: true, account, stations: ['s1', 's3'] };
    assert.deepEqual(await check(), answer);
    assert.deepEqual(await check({ account: 'KCN_Song_Than', password: password.normalize('NFD') }), answer);
    assert.deepEqual(await check({ way: 'http', secure: false }), answer);
    await ask('UnlinkAccount', { station: 's1', account });
    assert.deepEqual(await check(), { ...answer, stations: ['s3'] });
  });

  it('refuses a wrong password, an unknown account and a revoked one alike', async (test) => {
    const { check, ask } = await open(test);
    assert.deepEqual(await check({ password: 'wrong password' }), refused);
    assert.deepEqual(await check({ password: '' }), refused);
    assert.deepEqual(await check({ account: 'nobody' }), refused);
    assert.deepEqual(await check({ account: '../\u0000' }), refused);
    await ask('RevokeUploadAccount', { account, reason: 'left' });
    assert.deepEqual(await check(), refused);
  });

  it('allows plain FTP only where the account allows it, and says so only to who knows the password', async (test) => {
    const { check, ask } = await open(test);
    assert.deepEqual(await check({ secure: false }), { ok: false, refused: 'plain-ftp' });
    assert.deepEqual(await check({ secure: false, password: 'wrong password' }), refused);
    await ask('AllowPlainFtp', { account, allowed: true });
    assert.equal((await check({ secure: false })).ok, true);
  });

  it('takes both passwords during a change, and only the new one after it', async (test) => {
    const { check, ask } = await open(test);
    const oldValidUntil = new Date(day + hourMs).toISOString();
    await ask('SetUploadPassword', { account, password: 'the new one', oldValidUntil });
    assert.equal((await check()).ok, true);
    assert.equal((await check({ password: 'the new one' })).ok, true);
    assert.deepEqual(await check({}, day + hourMs), refused);
    assert.equal((await check({ password: 'the new one' }, day + hourMs)).ok, true);
  });
});

describe('upload accounts', () => {
  it('take the same request again without a new event', async (test) => {
    const { ask, events } = await open(test);
    const before = await events.read(`account-${account}`);
    await ask('RegisterUploadAccount', { account, name: 'KCN Sóng Thần', password });
    await ask('SetUploadPassword', { account, password });
    assert.deepEqual(await events.read(`account-${account}`), before);
  });

  it('are stored with hashes that differ and no password (pitfall 9)', async (test) => {
    const { ask, events } = await open(test);
    await ask('RegisterUploadAccount', { account: 'other', name: 'Other', password });
    const stored = JSON.stringify([await events.read(`account-${account}`), await events.read('account-other')]);
    const hashes = new Set(stored.match(/\$argon2id\$v=19\$m=19456,t=2,p=1\$[^"]+/g));
    assert.equal(hashes.size, 2);
    assert.ok(!stored.includes(password));
  });

  it('are listed without any secret', async (test) => {
    const { query } = await open(test);
    assert.deepEqual(await query('accounts'), [
      {
        account,
        name: 'KCN Sóng Thần',
        plainFtp: false,
        revoked: null,
        stations: ['s1', 's3'],
        passwordSetAt: '2026-01-15T00:00:00.000Z',
        oldPasswordUntil: null,
      },
    ]);
    assert.equal((await query('accounts', { station: 's2' })).length, 0);
    assert.equal((await query('accounts', { station: 's3' })).length, 1);
  });

  it('are linked only where they are in use', async (test) => {
    const { ask } = await open(test);
    await assert.rejects(ask('LinkAccount', { station: 's1', account: 'nobody' }), { code: 'AccountUnknown' });
  });

  it('are not told from unknown ones by how long the answer takes', async (test) => {
    const { check } = await open(test);
    const fastest = async (over: object) => {
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const began = performance.now();
        await check(over);
        least = Math.min(least, performance.now() - began);
      }
      return least;
    };
    await check();
    const [known, unknown] = [await fastest({ password: 'wrong password' }), await fastest({ account: 'nobody' })];
    // without a comparison the answer would come a hundred times faster
    assert.ok(unknown > known / 10, `${unknown} ms against ${known} ms`);
  });
});
