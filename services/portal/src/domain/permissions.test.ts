import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayAsk, mayCommand, mayTouch, mayTouchAll, stationAsked, visible } from './permissions.ts';
import type { Role, Token } from './token.ts';

const token = (role: Role, scope: Token['scope'] = null): Token => ({
  token: 't',
  name: 'n',
  role,
  organisation: null,
  scope,
  secretHash: '',
  revoked: false,
});
const enterprise = token('enterprise', ['s1']);

describe('what a role may do', () => {
  it('department, server operator and ministry give every command and ask every query', () => {
    for (const role of ['department', 'server-operator', 'ministry'] as const) {
      mayCommand(token(role), 'RegisterStation');
      mayAsk(token(role), 'tokens');
    }
  });
  it('an enterprise declares periods and registers nothing', () => {
    mayCommand(enterprise, 'DeclarePeriod');
    assert.throws(() => mayCommand(enterprise, 'RegisterStation'), { code: 'RoleForbids' });
    assert.throws(() => mayCommand(enterprise, 'constructor'), { code: 'RoleForbids' });
  });
  it('who may log in is shown to those who administer', () => {
    mayAsk(enterprise, 'stations');
    for (const query of ['tokens', 'accounts']) assert.throws(() => mayAsk(enterprise, query), { code: 'RoleForbids' });
  });
});

describe('what a scope shows', () => {
  const scoped = token('department', ['s1', 's2']);

  it('a station outside it is answered as if it did not exist', () => {
    mayTouch(scoped, 's2');
    mayTouch(token('department'), 's3');
    for (const station of ['s3', undefined, null])
      assert.throws(() => mayTouch(scoped, station), { kind: 'not-found', code: 'StationUnknown' });
  });
  it('what is about more than its stations is refused', () => {
    mayTouchAll(token('department'), 'CreateToken');
    assert.throws(() => mayTouchAll(scoped, 'CreateToken'), { code: 'ScopeForbids' });
  });
  it('its only station is the one that is asked for; of several one is named', () => {
    assert.equal(stationAsked(token('department'), undefined), undefined);
    assert.equal(stationAsked(token('department'), 's3'), 's3');
    assert.equal(stationAsked(enterprise, undefined), 's1');
    assert.equal(stationAsked(scoped, 's2'), 's2');
    assert.throws(() => stationAsked(scoped, undefined), { code: 'StationMissing', message: /s1, s2/ });
    assert.throws(() => stationAsked(scoped, 's3'), { code: 'StationUnknown' });
  });
  it('rows of other stations, of several stations and of none are hidden', () => {
    const shown = [{ station: 's1' }, { stations: ['s1', 's2'] }, { stations: [{ station: 's2', from: 'd' }] }];
    const hidden = [{ station: 's3' }, { station: null }, { stations: ['s1', 's3'] }, { stations: [] }, {}];
    assert.deepEqual(visible(scoped, [...shown, ...hidden]), shown);
    assert.deepEqual(visible(token('department'), hidden), hidden);
  });
  it('rows that name no station are about the station that was asked for', () => {
    assert.deepEqual(visible(scoped, [{ day: 1 }, { station: 's3' }], 's1'), [{ day: 1 }]);
    assert.deepEqual(visible(scoped, [{ day: 1 }], 's3'), []);
  });
});
