import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { specification } from '@quantrac/event-sourcing/given';
import { at, later } from '../testing/stations.ts';
import { hashesAt, type UploadAccountEvent, uploadAccount } from './upload-account.ts';

const given = specification(uploadAccount);
const register = {
  type: 'RegisterUploadAccount',
  account: 'kcn',
  name: 'KCN Sóng Thần',
  plainFtp: false,
  hash: 'one',
  at,
} as const;
const registered: UploadAccountEvent = {
  type: 'UploadAccountRegistered',
  data: { account: 'kcn', name: 'KCN Sóng Thần', plainFtp: false, hash: 'one', at },
};
const soon = '2026-01-16T00:00:00.000Z';
const changed: UploadAccountEvent = { type: 'UploadPasswordSet', data: { hash: 'two', oldUntil: soon, at } };
const revoked: UploadAccountEvent = { type: 'UploadAccountRevoked', data: { reason: 'left', at } };

const hashes = (instant: string, ...events: UploadAccountEvent[]) =>
  hashesAt(fold(uploadAccount, [registered, ...events])!, instant);

describe('an upload account', () => {
  it('is registered once, and not otherwise under the same name', () => {
    given().when(register).then(registered);
    given(registered).when(register).thenNothing();
    given(registered)
      .when({ ...register, hash: 'other' })
      .thenRejected('AccountExists');
    given().when({ type: 'RevokeUploadAccount', reason: 'left', at }).thenRejected('AccountUnknown');
  });

  it('is renamed, and allowed or forbidden plain FTP, each where it differs', () => {
    given(registered)
      .when({ type: 'RenameUploadAccount', name: 'KCN', at })
      .then({ type: 'UploadAccountRenamed', data: { name: 'KCN', at } });
    given(registered)
      .when({ type: 'AllowPlainFtp', allowed: true, at })
      .then({ type: 'PlainFtpAllowed', data: { at } });
    given(registered).when({ type: 'AllowPlainFtp', allowed: false, at }).thenNothing();
  });

  it('has two valid passwords during a change, and one before and after it', () => {
    given(registered).when({ type: 'SetUploadPassword', hash: 'two', oldValidUntil: soon, at }).then(changed);
    assert.deepEqual(hashes(at), ['one']);
    assert.deepEqual(hashes(at, changed), ['two', 'one']);
    assert.deepEqual(hashes(soon, changed), ['two']);
  });

  it('loses the old password at once where no date is given, or one that is over', () => {
    const ended: UploadAccountEvent = { type: 'UploadPasswordSet', data: { hash: 'two', oldUntil: null, at: later } };
    given(registered).when({ type: 'SetUploadPassword', hash: 'two', at: later }).then(ended);
    given(registered).when({ type: 'SetUploadPassword', hash: 'two', oldValidUntil: soon, at: later }).then(ended);
    assert.deepEqual(hashes(at, ended), ['two']);
  });

  it('keeps at most one old password', () => {
    const third: UploadAccountEvent = { type: 'UploadPasswordSet', data: { hash: 'three', oldUntil: later, at } };
    assert.deepEqual(hashes(at, changed, third), ['three', 'two']);
  });

  it('changes nothing for the present password again but how long the old one is valid', () => {
    const again = { type: 'SetUploadPassword', hash: 'two', at } as const;
    given(registered, changed)
      .when({ ...again, oldValidUntil: soon })
      .thenNothing();
    const limited: UploadAccountEvent = { type: 'OldUploadPasswordLimited', data: { oldUntil: null, at } };
    given(registered, changed).when(again).then(limited);
    assert.deepEqual(hashes(at, changed, limited), ['two']);
    given(registered, changed, limited).when(again).thenNothing();
  });

  it('is revoked once and for good', () => {
    given(registered).when({ type: 'RevokeUploadAccount', reason: 'left', at }).then(revoked);
    given(registered, revoked).when({ type: 'RevokeUploadAccount', reason: 'left', at }).thenNothing();
    given(registered, revoked).when({ type: 'SetUploadPassword', hash: 'two', at }).thenRejected('AccountRevoked');
    given(registered, revoked).when(register).thenRejected('AccountExists');
    assert.deepEqual(hashes(at, revoked), []);
  });
});
