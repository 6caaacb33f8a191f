import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Fed } from '@quantrac/testing/drive-processor';
import fc from 'fast-check';
import { contentOf, episodesByBruteForce } from '../testing/brute-force.ts';
import { at, limit, limitsRecord, scenario, setRecord, stationRecord, usualSettings } from '../testing/scenario.ts';
import { contents, someReaders, someRecords } from '../testing/some-records.ts';
import type { Memory } from './episode-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = at('00:00');

/** So little is remembered that old data are met. */
const shortMemory: Memory = { recentMs: HOUR, longMs: 2 * HOUR, headMs: 15 * MINUTE, stretchMs: 20 * HOUR };
const settings = { ...usualSettings, statusSharePercent: 2, reportableAfterMs: 3 * HOUR };

const runs = { numRuns: 200 };

it('the same records in any order give the episodes that brute force finds', () => {
  fc.assert(
    fc.property(someRecords, fc.constantFrom(undefined, shortMemory), fc.boolean(), (records, memory, isDelayed) => {
      const station = scenario(records, { settings, isDelayed, ...(memory && { memory }) });
      assert.deepEqual(contentOf(station.current()), episodesByBruteForce(records, settings));
    }),
    runs,
  );
});

it('topics of which one is read quicker than another give the same history of every episode', () => {
  const historyOf = (records: readonly Fed[], memory: Memory | undefined) => {
    const named = scenario(records, { settings, ...(memory && { memory }) }).versions();
    return named.map((version) => JSON.stringify(version)).sort();
  };
  fc.assert(
    fc.property(someReaders, fc.constantFrom(undefined, shortMemory), ([one, other], memory) => {
      assert.deepEqual(historyOf(one!, memory), historyOf(other!, memory));
    }),
    runs,
  );
});

it('a run that lasts, corrected anywhere, is what brute force finds', () => {
  const correction = fc.record({ slot: fc.nat(79), sent: contents });
  fc.assert(
    fc.property(fc.array(correction, { maxLength: 12 }), fc.integer({ min: 1, max: 80 }), (corrections, length) => {
      const limits = limitsRecord([limit({ channel: 'ph', basis: 'reading', upper: '6' })]);
      const station = [stationRecord(), limits];
      const lasting = Array.from({ length }, (_, slot) =>
        setRecord(START + slot * 5 * MINUTE, { cod: 'fail', ph: slot % 7 === 0 ? '12' : '9' }),
      );
      const corrected = corrections.map(({ slot, sent }, index) =>
        setRecord(START + slot * 5 * MINUTE, sent, index + 2),
      );
      const records = [
        ...station,
        ...lasting,
        ...corrected,
        setRecord(START + length * 5 * MINUTE, { cod: 'fail', ph: '7' }, 20),
      ];
      const known = scenario(records, { settings, memory: shortMemory });
      assert.deepEqual(contentOf(known.current()), episodesByBruteForce(records, settings));
    }),
    runs,
  );
});
