import { describe, it } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { type TokenCommand, type TokenEvent, token } from './token.ts';

const given = specification(token);
const who = { by: 'admin', at: '2026-01-15T00:00:00.000Z' };
const data = {
  token: 't1',
  name: 'board',
  role: 'industrial-zone-board',
  organisation: null,
  scope: ['s1'],
  secretHash: 'h',
  ...who,
} as const;
const create: TokenCommand = { type: 'CreateToken', ...data };
const created: TokenEvent = { type: 'TokenCreated', data };
const revoke: TokenCommand = { type: 'RevokeToken', reason: 'lost', ...who };
const revoked: TokenEvent = { type: 'TokenRevoked', data: { reason: 'lost', ...who } };

describe('a token', () => {
  it('is created with a name, a role, a scope and the hash of its secret', () => given().when(create).then(created));
  it('is created once', () => given(created).when(create).thenRejected('TokenExists'));
  it('is revoked with a reason', () => given(created).when(revoke).then(revoked));
  it('is revoked once', () => given(created, revoked).when(revoke).thenNothing());
  it('that nobody created cannot be revoked', () => given().when(revoke).thenRejected('TokenUnknown'));
});
