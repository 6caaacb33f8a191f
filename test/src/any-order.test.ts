import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { TestFile } from '@quantrac/ingestion/testing/station-intake';
import { differencesBetween } from '@quantrac/testing';
import { MINUTE_MS } from './loggers.ts';
import { type Dice, dice } from './seeded.ts';
import { END, inOrder, throughAll, type Written, writtenFiles } from './through-all.ts';

const RUNS = 4;

/** Each comes when the one before has come, in any order; never before it was written. */
const shuffled = (files: readonly Written[], { shuffled }: Dice): readonly TestFile[] =>
  shuffled(files).map((file, index) => ({ ...file, at: END + MINUTE_MS + index * 1000 }));

/** Some are hours late, and come among those of later times, in any order of their own. */
function late(files: readonly Written[], { below }: Dice): readonly TestFile[] {
  const coming = files.map((file) => ({
    ...file,
    at: file.time + MINUTE_MS + (below(4) === 0 ? below(4 * 60) * MINUTE_MS : 0),
  }));
  return coming.sort((a, b) => a.at - b.at);
}

test('files that do not contradict each other come to the same sets, means, episodes and days in any order', (t) => {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  for (let run = 0; run < RUNS; run++) {
    const files = writtenFiles(chance);
    const calm = throughAll(inOrder(files));
    for (const arrivals of [late(files, chance), shuffled(files, chance)])
      assert.deepEqual(differencesBetween(throughAll(arrivals), calm).slice(0, 5), [], `run ${run}`);
    for (const topic of [topics.observationsChecked, topics.aggregates, topics.compliance, topics.episodes])
      assert.ok((calm.get(topic.name)?.length ?? 0) > 0, `${topic.name} has records`);
  }
});
