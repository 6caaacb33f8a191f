import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginGuard } from './login-guard.ts';

const limits = { failuresPerAddress: 5, failuresPerAccount: 3, windowMs: 1_000 };

test('an account is refused from everywhere after its failures, until the oldest of them leaves the window', () => {
  const guard = loginGuard(limits);
  for (const at of [0, 100, 200]) {
    assert.equal(guard.waitMs('10.0.0.1', 'a', at), 0);
    guard.failed(`10.0.0.${at}`, 'a', at);
  }
  assert.equal(guard.waitMs('10.0.0.9', 'a', 300), 700);
  assert.equal(guard.waitMs('10.0.0.9', 'b', 300), 0);
  assert.equal(guard.waitMs('10.0.0.9', 'a', 1_000), 0);
  guard.failed('10.0.0.9', 'a', 1_000);
  assert.equal(guard.waitMs('10.0.0.9', 'a', 1_001), 99);
});

test('an address is refused for every account after its failures', () => {
  const guard = loginGuard(limits);
  for (const account of 'abcde') guard.failed('10.0.0.1', account, 0);
  assert.equal(guard.waitMs('10.0.0.1', 'f', 1), 999);
  assert.equal(guard.waitMs('10.0.0.2', 'f', 1), 0);
});

test('an IPv6 network counts as one address, an IPv4 address is the same in either spelling', () => {
  const guard = loginGuard(limits);
  for (const each of ['1', '2', '3:4', 'ff', '1:2:3:4']) guard.failed(`2001:db8::${each}`, each, 0);
  assert.ok(guard.waitMs('2001:db8:0:0:9::', 'x', 1) > 0);
  assert.equal(guard.waitMs('2001:db8:0:1::1', 'x', 1), 0);
  for (const each of 'abcde') guard.failed('::ffff:10.0.0.1', each, 0);
  assert.ok(guard.waitMs('10.0.0.1', 'x', 1) > 0);
});

test('an account that logged in from an address is not locked out by failures of others', () => {
  const guard = loginGuard(limits);
  guard.succeeded('10.0.0.1', 'a', 0);
  for (const other of 'bcdef') guard.failed('10.0.0.1', other, 1);
  for (const elsewhere of ['2', '3', '4']) guard.failed(`10.0.0.${elsewhere}`, 'a', 1);
  assert.equal(guard.waitMs('10.0.0.1', 'a', 2), 0);
  assert.ok(guard.waitMs('10.0.0.5', 'a', 2) > 0);
});

test('an account that logged in from an address is refused there after failures of the two together', () => {
  const guard = loginGuard(limits);
  guard.succeeded('10.0.0.1', 'a', 0);
  for (const at of [1, 2, 3]) guard.failed('10.0.0.1', 'a', at);
  assert.equal(guard.waitMs('10.0.0.1', 'a', 4), 997);
});

test('a success is trusted for a day', () => {
  const guard = loginGuard({ ...limits, windowMs: 48 * 3_600_000 });
  guard.succeeded('10.0.0.1', 'a', 0);
  for (const elsewhere of ['2', '3', '4']) guard.failed(`10.0.0.${elsewhere}`, 'a', 1);
  assert.equal(guard.waitMs('10.0.0.1', 'a', 23 * 3_600_000), 0);
  assert.ok(guard.waitMs('10.0.0.1', 'a', 25 * 3_600_000) > 0);
});

test('failures and refusals are counted', () => {
  const guard = loginGuard(limits);
  for (const at of [0, 1, 2]) guard.failed('10.0.0.1', 'a', at);
  guard.waitMs('10.0.0.1', 'a', 3);
  guard.waitMs('10.0.0.1', 'b', 3);
  assert.deepEqual(guard.counts(), { failed: 3, refused: 1 });
});

test('however many names are tried, the memory is bounded: the latest stay refused, the oldest are forgotten', () => {
  const guard = loginGuard(limits);
  const fail = (account: string) => [1, 2, 3].forEach((last) => void guard.failed(`10.0.0.${last}`, account, 0));
  fail('first');
  for (let index = 0; index < 10_000; index++) guard.failed('10.0.0.4', `n${index}`, 0);
  fail('last');
  assert.ok(guard.waitMs('10.0.0.9', 'last', 1) > 0);
  assert.equal(guard.waitMs('10.0.0.9', 'first', 1), 0);
});
