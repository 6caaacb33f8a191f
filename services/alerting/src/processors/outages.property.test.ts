import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toInstant } from '@quantrac/regulations';
import type { Fed } from '@quantrac/testing/drive-processor';
import fc from 'fast-check';
import { contentOf, episodesByBruteForce } from '../testing/brute-force.ts';
import { advanceRecord, at, scenario, setRecord, stationRecord, usualSettings } from '../testing/scenario.ts';

const MINUTE = 60_000;
const START = at('00:00');

it('outages of a station that sends in order, with holes and pauses, are what brute force finds after every record', () => {
  const slot = fc.nat(59);
  const slotAt = (number: number) => START + number * 5 * MINUTE;
  fc.assert(
    fc.property(
      fc.array(slot, { maxLength: 30 }),
      fc.array(slot, { maxLength: 3 }),
      fc.array(fc.record({ slot, late: fc.nat(20) }), { maxLength: 15 }),
      (missing, pauses, advances) => {
        const lifecycles = [0, ...pauses.toSorted((a, b) => a - b)].map((pause, stage) => ({
          from: stage === 0 ? null : toInstant(slotAt(pause)),
          lifecycle: stage % 2 === 0 ? ('operating' as const) : ('suspended' as const),
        }));
        const records: Fed[] = [stationRecord({ lifecycles })];
        let told = START;
        for (let number = 0; number < 60; number++) {
          if (!missing.includes(number)) records.push(setRecord(slotAt(number), { cod: '1' }));
          for (const { late } of advances.filter((advance) => advance.slot === number)) {
            told = Math.max(told, slotAt(number) - late * MINUTE);
            records.push(advanceRecord(told, START));
          }
        }
        const known = scenario();
        for (const [index, record] of records.entries()) {
          known.take(record);
          assert.deepEqual(
            contentOf(known.current()),
            episodesByBruteForce(records.slice(0, index + 1), usualSettings),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});
