import { join } from 'node:path';
import type { TestServer } from '@quantrac/conformance/servers/java-server';
import { type KafkaServerOptions, startKafka } from '@quantrac/conformance/servers/kafka-server';
import { startMongo } from '@quantrac/conformance/servers/mongo-server';
import { ownNames, peersOf } from '@quantrac/service';
import { simulate } from '@quantrac/simulator';
import { temporaryFolder } from '@quantrac/testing';
import { registerLoggers } from './loggers.ts';
import { type Apart, type ApartOptions, type Ending, endings } from './provinces.ts';
import { dice } from './seeded.ts';
import { START, UnderUploads } from './under-uploads.ts';

/** How long servers are away. */
export const AWAY_MS = 120_000;

/** Only what is placed, line by line, so that each line that was acknowledged can be looked for. */
const faults = ['spike', 'calibration', 'device-error', 'missing-value', 'repeated-file', 'corrected-file'] as const;
const STATIONS = 6;

export interface FaultyOptions {
  /** How long loggers have something to send, of simulated time. */
  readonly hours: number;
  /** Settings of the broker. */
  readonly broker?: KafkaServerOptions['settings'];
  /** The services, on the servers that `storesOf` says. */
  readonly start: (ending: Ending, options: ApartOptions) => Promise<Apart>;
  /** The national tier has stores of its own, which no fault of these servers reaches. */
  readonly national?: 'embedded';
}

interface Servers {
  readonly kafka: TestServer;
  readonly mongo: TestServer;
  /** The file that holds all of MongoDB's data. */
  readonly mongoData: string;
}

/** A province and its ministry on a broker and a database of their own. */
export interface FaultyProvince extends Apart, Servers {
  readonly uploads: UnderUploads;
  stop(): Promise<void>;
}

export async function startFaultyProvince({ hours, start, national, broker }: FaultyOptions): Promise<FaultyProvince> {
  const { ending, end } = endings();
  const { seed } = dice();
  const simulation = simulate({ stations: STATIONS, hours, seed, start: START, provinces: ['HCM'], faults });
  try {
    const servers = await startServers(ending, broker);
    const [brokers, mongoUrl] = [servers.kafka.address, servers.mongo.address];
    const storesOf = (data: string) => ({ kafkaBrokers: brokers, mongoUrl, ...ownNames(data) });
    const apart = await start(ending, { storesOf, ...(national && { nationalStoresOf: () => ({}) }) });
    const loggers = await registerLoggers(apart.province, simulation);
    const nationalPeers = peersOf(apart.nationalData);
    ending.after(() => nationalPeers.close());
    const around = { seed, brokers, mongoUrl, national: nationalPeers.peer };
    return { ...apart, ...servers, uploads: new UnderUploads(loggers, simulation, around), stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function startServers(ending: Ending, settings: KafkaServerOptions['settings']): Promise<Servers> {
  const folder = temporaryFolder();
  const started = await Promise.allSettled([
    startKafka({ folder: join(folder, 'kafka'), ...(settings && { settings }) }),
    startMongo({ folder: join(folder, 'mongo'), keeps: true }),
  ]);
  for (const one of started) if (one.status === 'fulfilled') ending.after(() => one.value.kill());
  const [kafka, mongo] = started.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  }) as [TestServer, TestServer];
  return { kafka, mongo, mongoData: join(folder, 'mongo', 'data.h2') };
}
