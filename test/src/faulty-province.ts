import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TestServer } from '@quantrac/conformance/servers/java-server';
import { startKafka } from '@quantrac/conformance/servers/kafka-server';
import { startMongo } from '@quantrac/conformance/servers/mongo-server';
import { ownNames, type Peers, peersOf } from '@quantrac/service';
import { type Delivery, type Simulation, simulate } from '@quantrac/simulator';
import { differencesBetween, eventually, resultsOf, temporaryFolder } from '@quantrac/testing';
import { countProvince } from './count-province.ts';
import { HOUR_MS, type LiveOptions, type Loggers, live, MINUTE_MS, registerLoggers, withBackfill } from './loggers.ts';
import type { Counted } from './lost-and-doubled.ts';
import { type Apart, type ApartOptions, type Ending, startWhole } from './provinces.ts';
import { dice } from './seeded.ts';

const START = Date.UTC(2026, 0, 14, 17);
/** Whatever has to come back, to share out its work anew, and to catch up. */
const patience = { withinMs: 120_000, everyMs: 1000 };
/** Only what is placed, line by line, so that each line that was acknowledged can be looked for. */
const faults = ['spike', 'calibration', 'device-error', 'missing-value', 'repeated-file', 'corrected-file'] as const;
/** The first station tells nothing for more than an hour, and all of it later: an outage that shrinks. */
const silent = { from: START + 0.5 * HOUR_MS, to: START + 1.7 * HOUR_MS, sends: START + 2.2 * HOUR_MS };

/** How long servers are away; two minutes with QUANTRAC_TEST_LONG=1. */
export const AWAY_MS = process.env.QUANTRAC_TEST_LONG ? 120_000 : 30_000;

export interface FaultyOptions {
  readonly stations?: number;
  /** How long loggers have something to send, of simulated time. */
  readonly hours: number;
  /** The services, on the servers that `storesOf` says. */
  readonly start: (ending: Ending, options: Required<Pick<ApartOptions, 'storesOf'>>) => Promise<Apart>;
}

/** A province and its ministry on a broker and a database of their own, under uploads of which it is known what was acknowledged. */
export interface FaultyProvince extends Apart {
  readonly kafka: TestServer;
  readonly mongo: TestServer;
  readonly loggers: Loggers;
  readonly national: Peers['peer'];
  readonly acknowledged: readonly Delivery[];
  /** Simulated minutes, in which loggers send until they are acknowledged; `onStep` is told every five before their files leave. */
  pass(minutes: number, onStep?: LiveOptions['onStep']): Promise<void>;
  count(): Promise<Counted>;
  /** Nothing that was acknowledged is lost, and nothing is doubled, once the backlog has drained. */
  assertSound(t: TestContext): Promise<void>;
  /** The results are those of one calm process on the embedded default. */
  assertAsCalm(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultyProvince({ stations = 6, hours, start }: FaultyOptions): Promise<FaultyProvince> {
  const { ending, end } = endings();
  const { seed } = dice();
  const simulation = simulate({ stations, hours, seed, start: START, provinces: ['HCM'], faults });
  try {
    const servers = await startServers(ending);
    const { kafka, mongo } = servers;
    const storesOf = (data: string) => ({
      kafkaBrokers: kafka.address,
      mongoUrl: mongo.address,
      ...ownNames(data),
    });
    const apart = await start(ending, { storesOf });
    const loggers = await registerLoggers(apart.province, simulation);
    const nationalPeers = peersOf(apart.nationalData);
    ending.after(() => nationalPeers.close());
    return {
      ...apart,
      ...servers,
      ...underLoad(apart, loggers, simulation, { ...servers, national: nationalPeers.peer }),
      stop: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Around {
  readonly kafka: TestServer;
  readonly mongo: TestServer;
  readonly national: Peers['peer'];
}

function underLoad({ province }: Apart, loggers: Loggers, simulation: Simulation, { kafka, mongo, national }: Around) {
  const { stations } = simulation.describe();
  const deliveries = [...withBackfill(simulation, silent)];
  const acknowledged: Delivery[] = [];
  let now = START;
  const count = () =>
    countProvince({
      province,
      national,
      brokers: kafka.address,
      mongoUrl: mongo.address,
      files: acknowledged,
      registered: { stations, ids: loggers.stations },
    });
  return {
    loggers,
    national,
    acknowledged,
    count,
    async pass(minutes: number, onStep?: LiveOptions['onStep']) {
      const [start, end] = [now, now + minutes * MINUTE_MS];
      const due = deliveries.filter(({ at }) => at > start && at <= end);
      now = end;
      acknowledged.push(...(await live(loggers, { deliveries: due, start, end, ...(onStep && { onStep }) })));
    },
    async assertSound(t: TestContext) {
      const { lost, doubled, readings } = await eventually(async () => {
        const counted = await count();
        assert.deepEqual([counted.lost.slice(0, 5), counted.doubled.slice(0, 5)], [[], []]);
        return counted;
      }, patience);
      t.diagnostic(`${readings} readings acknowledged, ${lost.length} lost, ${doubled.length} doubled`);
    },
    async assertAsCalm() {
      const { ending, end } = endings();
      try {
        const { province: calm } = await startWhole(ending);
        const times = { start: START, end: now };
        await live(await registerLoggers(calm, simulation), {
          ...times,
          deliveries: deliveries.filter(({ at }) => at <= now),
        });
        await eventually(async () => {
          const [here, there] = [await resultsOf(province.peer), await resultsOf(calm.peer)];
          assert.deepEqual(differencesBetween(here, there, { incidents: true }), []);
        }, patience);
      } finally {
        await end();
      }
    },
  };
}

async function startServers(ending: Ending) {
  const folder = temporaryFolder();
  const started = await Promise.allSettled([
    startKafka({ folder: join(folder, 'kafka') }),
    startMongo({ folder: join(folder, 'mongo'), keeps: true }),
  ]);
  for (const one of started) if (one.status === 'fulfilled') ending.after(() => one.value.kill());
  const [kafka, mongo] = started.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  }) as [TestServer, TestServer];
  return { kafka, mongo };
}

/** Ends in reverse what was started. */
function endings() {
  const ends: (() => unknown)[] = [];
  return {
    ending: { after: (end: () => unknown) => void ends.push(end) },
    async end() {
      for (const each of ends.splice(0).reverse()) await each();
    },
  };
}
