import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { cpSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { Peer } from '@quantrac/service';
import { type Delivery, sendOverHttp, simulate } from '@quantrac/simulator';
import { differencesBetween, eventually, type Results, resultsOf, temporaryFolder } from '@quantrac/testing';
import { startDrivenNode } from './driven-node.ts';
import { HOUR_MS, type Loggers, MINUTE_MS, moveClock, registerLoggers } from './loggers.ts';
import { dice } from './seeded.ts';

const HOURS = 4;
const START = Date.UTC(2026, 0, 14, 17);
const STEP_MS = 15 * MINUTE_MS;
const patience = { withinMs: 60_000, everyMs: 1000 };

/** How the files of one moment are handed in. */
type HandIn = (due: readonly Delivery[], send: (uploads: readonly Delivery[]) => Promise<void>) => Promise<void>;

const oneByOne: HandIn = async (due, send) => {
  for (const delivery of due) await send([delivery]);
};

/** A request a station, all at once, whoever comes first. */
const allAtOnce: HandIn = async (due, send) => {
  const stations = [...Map.groupBy(due, ({ stationCode }) => stationCode).values()];
  await Promise.all(stations.toReversed().map(send));
};

test('one intake, however its uploads are cut and its stations interleaved, gives equal histories and incidents', async (t) => {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  const simulation = simulate({ stations: 5, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const registered = await startDrivenNode(t, here);
  const { stations, accountOf } = await registerLoggers(registered.province, simulation);
  await registered.stop();
  // one registration, so that not even its times differ
  cpSync(here, there, { recursive: true });

  const liveThrough = async (data: string, handIn: HandIn) => {
    const { province, stop } = await startDrivenNode(t, data);
    await live({ province, stations, accountOf }, simulation.deliveries(), handIn);
    return { peer: province.peer, stations, stop };
  };
  const [one, other] = await Promise.all([liveThrough(here, oneByOne), liveThrough(there, allAtOnce)]);
  await eventually(async () => {
    const [ours, theirs] = [await namedResults(one), await namedResults(other)];
    assert.deepEqual(differencesBetween(ours, theirs, { histories: true }).slice(0, 10), []);
    for (const topic of [topics.observationsChecked, topics.aggregates, topics.episodes, topics.incidents])
      assert.ok(ours.get(topic.name)!.length > 0, `${topic.name} has records`);
  }, patience);
});

async function live({ province, accountOf }: Loggers, deliveries: Iterable<Delivery>, handIn: HandIn): Promise<void> {
  const target = {
    url: `http://127.0.0.1:${province.httpPort}`,
    keyOf: (code: string) => `${accountOf(code).user}:${accountOf(code).password}`,
  };
  const send = async (uploads: readonly Delivery[]) => {
    for (const { outcome, path } of await sendOverHttp(target, uploads)) assert.notEqual(outcome, 'refused', path);
  };
  // who has no account cannot send over HTTP, and what is no text would leave alone, out of its order
  const all = [...deliveries].filter(({ stationCode, bytes }) => accountOf(stationCode) && isUtf8(bytes));
  for (let at = START + STEP_MS, next = 0; at <= START + (HOURS + 1) * HOUR_MS; at += STEP_MS) {
    await moveClock(province, at);
    const upTo = all.findIndex((delivery) => delivery.at > at);
    const due = all.slice(next, upTo < 0 ? all.length : upTo);
    next += due.length;
    await handIn(due, send);
  }
}

interface Asked {
  readonly peer: (service: string) => Peer;
  readonly stations: ReadonlyMap<string, string>;
}

/** The results, with receipts named after their files: numbers are given in the order of arrival. */
async function namedResults({ peer, stations }: Asked): Promise<Results> {
  const range = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z', limit: 10_000 };
  const names = new Map<string, string>();
  for (const key of [...stations.values(), 'hcm'])
    for (const one of await peer('ingestion').query<Receipt>('receipts', { ...range, key }))
      names.set(one.receipt, `hcm/${key} ${basename(one.name)} ${one.sha256}`);
  const renamed = (value: Uint8Array) =>
    Buffer.from(
      Buffer.from(value)
        .toString()
        .replaceAll(/hcm\/\d+/g, (receipt) => hash('sha256', names.get(receipt) ?? receipt)),
    );
  const results = await resultsOf(peer);
  return new Map(
    [...results].map(([topic, records]) => [topic, records.map((one) => ({ ...one, value: renamed(one.value) }))]),
  );
}

interface Receipt {
  readonly receipt: string;
  readonly name: string;
  readonly sha256: string;
}
