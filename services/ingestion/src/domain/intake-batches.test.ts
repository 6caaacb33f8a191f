import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { topics } from '@quantrac/contracts';
import { openEmbeddedStores } from '@quantrac/service';
import { type Message, Step } from '@quantrac/stream-processing';
import { stationFile, stationFileName, temporaryFolder } from '@quantrac/testing';
import fc from 'fast-check';
import { fileOf, nameOf } from '../intake/read-file.ts';
import { aStation, at, HOUR_MS, MINUTE_MS } from '../testing/records.ts';
import { cadenceOf } from './advance.ts';
import { type ClockAdvanced, intake } from './intake.ts';

const START = at('08:00');
const record = aStation();

/** A file that comes, or a look at the clock, in the order in which intake takes them. */
type Event = { readonly slot: number; readonly value: string } | { readonly minutes: number };

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ slot: fc.integer({ min: 0, max: 15 }), value: fc.constantFrom('1', '1.0', '2', 'x') }),
    },
    { weight: 1, arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 20 }) }) },
  ),
  { minLength: 1, maxLength: 40 },
);

function messagesOf(taken: readonly Event[]): Message[] {
  let now = START;
  return taken.map((event, index) => {
    if ('minutes' in event) {
      now += event.minutes * MINUTE_MS;
      const clock: ClockAdvanced = {
        at: now,
        cadence: cadenceOf(record, now)!,
        graceMs: 5 * MINUTE_MS,
        openSince: START,
        stationVersion: 1,
      };
      return message('ClockAdvanced', clock);
    }
    const time = START + event.slot * 5 * MINUTE_MS;
    const text = stationFile(time, [{ symbol: 'COD', value: event.value }]);
    const path = stationFileName('HCM_ABC_NT01', time);
    const named = nameOf({ path, account: undefined });
    assert.ok(!('outcome' in named));
    const receipt = {
      receipt: `n1/${index + 1}`,
      way: 'http' as const,
      account: null,
      from: 'here',
      path,
      name: path,
      sha256: hash('sha256', text),
      blob: 'b',
      bytes: text.length,
      at: now,
    };
    const options = { aheadMs: 2 * HOUR_MS, missingCodes: [] };
    return message('FileArrived', fileOf(receipt, Buffer.from(text), record, named, options));
  });
}

const message = (type: string, data: unknown): Message => ({
  topic: 'arrivals',
  key: record.station,
  type,
  sequence: '',
  knownAt: 0,
  id: '',
  data,
  value: new Uint8Array(),
});

/** Everything that intake keeps of the station, every version, when it takes its messages in batches of these sizes. */
async function historyOf(messages: readonly Message[], sizes: readonly number[]): Promise<unknown> {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ingestion');
  const step = new Step({
    processor: intake,
    store: stores.steps,
    node: 'n1',
    epoch: () => 1,
    topics: [topics.observationsReceived, topics.intakeHeld],
  });
  for (let from = 0, batch = 0; from < messages.length; batch++) {
    const size = sizes[batch % sizes.length]!;
    await step.take(messages.slice(from, from + size));
    from += size;
  }
  const kept = [];
  for (const collection of [topics.observationsReceived.name, topics.intakeHeld.name, 'files', 'receipts'])
    for (const { series, time, version, knownAt, value } of await stores.series.range({
      collection,
      key: record.station,
      from: 0,
      to: Infinity,
      versions: 'all',
    }))
      kept.push({ collection, series, time, version, knownAt, text: Buffer.from(value).toString() });
  await stores.close();
  return kept;
}

describe('the history of an intake', () => {
  it('is the same wherever its batches are cut', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(events, cuts, async (taken, sizes) => {
        const messages = messagesOf(taken);
        assert.deepEqual(await historyOf(messages, sizes), await historyOf(messages, [messages.length]));
      }),
      { numRuns: 12 },
    );
  });
});
