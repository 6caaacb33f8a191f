import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayAsk, mayCommand, visible } from './permissions.ts';
import type { Token } from './token.ts';

const token = (role: Token['role'], scope: Token['scope'] = null): Token => ({
  token: 't',
  name: 'n',
  role,
  organisation: null,
  scope,
  secretHash: '',
  revoked: false,
});

describe('what a token may do', () => {
  it('the department gives every command', () => mayCommand(token('department'), 'RegisterStation', {}));
  it('an enterprise declares periods and registers nothing', () => {
    mayCommand(token('enterprise', ['s1']), 'DeclarePeriod', { station: 's1' });
    assert.throws(() => mayCommand(token('enterprise', ['s1']), 'RegisterStation', {}), { code: 'RoleForbids' });
  });
  it('a station outside the scope is answered as if it did not exist', () => {
    assert.throws(() => mayCommand(token('enterprise', ['s1']), 'DeclarePeriod', { station: 's2' }), {
      code: 'StationUnknown',
    });
    assert.throws(() => mayAsk(token('enterprise', ['s1']), { station: 's2' }), { code: 'StationUnknown' });
  });
  it('rows of other stations are not shown', () => {
    const rows = [{ station: 's1' }, { station: 's2' }, {}];
    assert.deepEqual(visible(token('enterprise', ['s1']), rows), [{ station: 's1' }]);
    assert.deepEqual(visible(token('department'), rows), rows);
  });
});
