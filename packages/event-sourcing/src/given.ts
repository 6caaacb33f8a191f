import assert from 'node:assert/strict';
import type { Decider } from './decider.ts';
import { fold } from './decider.ts';
import { Fault } from './fault.ts';

/** A decider's rule as a sentence: given these events, when this command, then those events. */
export const specification =
  <State, Command, Event>(decider: Decider<State, Command, Event>) =>
  (...past: readonly Event[]) => ({
    when: (command: Command) => {
      const decide = () => decider.decide(command, fold(decider, past));
      return {
        then: (...expected: readonly Event[]) => assert.deepEqual(decide(), expected),
        thenNothing: () => assert.deepEqual(decide(), []),
        thenRejected: (code: string) =>
          assert.throws(decide, (error) => {
            assert.ok(error instanceof Fault, `expected the Fault ${code}, got ${error}`);
            assert.equal(error.code, code);
            return true;
          }),
      };
    },
  });
