import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { alertingModule, alertingSettings } from '@quantrac/alerting';
import { enterpriseComplianceModule, enterpriseComplianceSettings } from '@quantrac/enterprise-compliance';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { ingestionModule, ingestionSettings } from '@quantrac/ingestion';
import { ministrySyncModule, ministrySyncSettings } from '@quantrac/ministry-sync';
import { nationalAggregationModule, nationalAggregationSettings } from '@quantrac/national-aggregation';
import { portalModule, portalSettings } from '@quantrac/portal';
import { qualityControlModule, qualityControlSettings } from '@quantrac/quality-control';
import {
  type CommonSettings,
  commonSettings,
  type Hosted,
  type HostOptions,
  lockFolder,
  type Peer,
  peersOf,
  readSettings,
  variableOf,
} from '@quantrac/service';
import { stationRegistryModule, stationRegistrySettings } from '@quantrac/station-registry';
import type { z } from 'zod';

export type Tier = 'province' | 'national';

export interface NodeOptions {
  readonly tier: Tier;
  readonly data: string;
  /** The node's id, where the folder is new. */
  readonly node?: string | undefined;
  /** Settings that go before the environment's, by their names in the services' schemas. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RunningNode {
  readonly node: string;
  readonly data: string;
  readonly peer: (service: string) => Peer;
  stop(): Promise<void>;
  /** What a stop has not ended yet, by service. */
  readonly left: () => readonly string[];
}

/** One service of a node: its settings read, its module made. */
type Part = (options: NodeOptions, onHosted: (hosted: Hosted) => void) => DynamicModule;

/** Services in one process meet in the data folder alone. */
const inOneProcess = { listen: undefined, peers: undefined };
const refusedHere = (variable: string): string =>
  `${variable}: services in one process meet in the data folder: leave it out`;

const part =
  <Schema extends z.ZodObject>(
    moduleOf: (options: Omit<HostOptions<z.infer<Schema> & CommonSettings>, 'name' | 'make'>) => DynamicModule,
    schema: Schema,
  ): Part =>
  ({ data, node, settings = {} }, onHosted) =>
    moduleOf({
      settings: readSettings(
        schema,
        { ...process.env, QUANTRAC_DATA: data },
        { ...inOneProcess, ...settings },
      ) as z.infer<Schema> & CommonSettings,
      node,
      onHosted,
    });

const portal = part(portalModule, portalSettings);

/** The services of a tier, in the order in which they start. */
const partsOf: Readonly<Record<Tier, readonly Part[]>> = {
  national: [part(nationalAggregationModule, nationalAggregationSettings), portal],
  province: [
    part(stationRegistryModule, stationRegistrySettings),
    part(qualityControlModule, qualityControlSettings),
    part(alertingModule, alertingSettings),
    part(enterpriseComplianceModule, enterpriseComplianceSettings),
    part(ministrySyncModule, ministrySyncSettings),
    part(ingestionModule, ingestionSettings),
    portal,
  ],
};

/** Throws the Fault `SettingsInvalid` that names the bad settings of all services at once. */
function modulesOf(options: NodeOptions, onHosted: (hosted: Hosted) => void): DynamicModule[] {
  const faults = new Set(
    Object.keys(inOneProcess)
      .map(variableOf)
      .filter((variable) => process.env[variable] !== undefined)
      .map(refusedHere),
  );
  const modules = partsOf[options.tier].flatMap((make) => {
    try {
      return [make(options, onHosted)];
    } catch (error) {
      if (!isFault(error)) throw error;
      for (const fault of error.message.split('\n')) faults.add(fault);
      return [];
    }
  });
  if (faults.size > 0) throw Fault.invalid('SettingsInvalid', [...faults].join('\n'));
  return modules;
}

/** What all services of a node have alike. Throws as `startNode` does where any of them has a bad setting. */
export function nodeSettings(options: NodeOptions): CommonSettings {
  modulesOf(options, () => {});
  return readSettings(commonSettings, process.env, { data: options.data });
}

@Module({})
class Node {}

/** Runs a province node or the national tier in this process: the same services as apart, composed by their modules. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { data } = options;
  const hosted: Hosted[] = [];
  const imports = modulesOf(options, (one) => hosted.push(one));
  const unlock = lockFolder(data);
  try {
    const root: DynamicModule = { module: Node, imports };
    const application = await NestFactory.createApplicationContext(root, {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const peers = peersOf(data);
    return {
      node: hosted[0]!.node,
      data,
      peer: peers.peer,
      left: () => hosted.flatMap(({ name, left }) => left().map((what) => `${name}: ${what}`)),
      async stop() {
        peers.close();
        await application.close();
        unlock();
      },
    };
  } catch (error) {
    // What started goes before the lock does: nobody else may find the folder free while somebody still writes.
    for (const one of hosted.reverse()) await one.stop();
    unlock();
    throw error;
  }
}
