import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Decider, fold } from './decider.ts';
import { Fault, isFault } from './fault.ts';
import { specification } from './given.ts';

type Doored = { readonly type: 'DoorOpened' } | { readonly type: 'DoorClosed' };
type Command = 'open' | 'close' | 'break';

const door: Decider<'open' | 'closed', Command, Doored> = {
  initial: 'closed',
  decide(command, state) {
    if (command === 'break') throw new TypeError('a bug');
    if (command === 'open') return state === 'open' ? [] : [{ type: 'DoorOpened' }];
    if (state === 'closed') throw Fault.rejected('DoorClosed', 'the door is closed: open it first');
    return [{ type: 'DoorClosed' }];
  },
  evolve: (_, { type }) => (type === 'DoorOpened' ? 'open' : 'closed'),
};

const given = specification(door);
const opened: Doored = { type: 'DoorOpened' };
const closed: Doored = { type: 'DoorClosed' };
const fails = (sentence: () => void) => assert.throws(sentence, assert.AssertionError);

describe('a rule told as given, when, then', () => {
  it('holds when the decision is what was expected', () => {
    given().when('open').then(opened);
    given(opened).when('open').thenNothing();
    given(opened, closed).when('close').thenRejected('DoorClosed');
  });

  it('fails for other events, too few, too many, or none', () => {
    fails(() => given(opened).when('close').then(opened));
    fails(() => given().when('open').then(opened, closed));
    fails(() => given().when('open').then());
    fails(() => given().when('open').thenNothing());
    fails(() => given(opened).when('open').then(opened));
  });

  it('fails when nothing is refused, by another fault, or by a bug', () => {
    fails(() => given(opened).when('close').thenRejected('DoorClosed'));
    fails(() => given().when('close').thenRejected('DoorLocked'));
    fails(() => given().when('break').thenRejected('DoorClosed'));
  });
});

describe('a fold', () => {
  it('leads from the first state, or from a later one, through all events in their order', () => {
    assert.equal(fold(door, []), 'closed');
    assert.equal(fold(door, [opened, closed, opened]), 'open');
    assert.equal(fold(door, [closed], 'open'), 'closed');
  });
});

describe('a fault', () => {
  it('is told from every other error, and by its code', () => {
    const cause = new Error('no space');
    const fault = Fault.unavailable('DiskFull', 'make room', cause);
    assert.deepEqual([isFault(fault), isFault(fault, 'DiskFull'), isFault(fault, 'DiskGone')], [true, true, false]);
    for (const other of [cause, { kind: 'invalid', code: 'DiskFull' }, undefined]) assert.ok(!isFault(other));
    assert.equal(fault.cause, cause);
  });
});
