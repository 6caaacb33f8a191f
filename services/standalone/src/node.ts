import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { alertingModule, alertingSettings } from '@quantrac/alerting';
import { enterpriseComplianceModule, enterpriseComplianceSettings } from '@quantrac/enterprise-compliance';
import { ingestionModule, ingestionSettings } from '@quantrac/ingestion';
import { ministrySyncModule, ministrySyncSettings } from '@quantrac/ministry-sync';
import { nationalAggregationModule, nationalAggregationSettings } from '@quantrac/national-aggregation';
import { portalModule, portalSettings } from '@quantrac/portal';
import { qualityControlModule, qualityControlSettings } from '@quantrac/quality-control';
import { lockFolder, nodeIdentity, type Peer, peersOf, readSettings } from '@quantrac/service';
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
}

/** Settings of the environment with those given here over them; each service takes what it knows. */
const settled = <Schema extends z.ZodObject>(schema: Schema, { data, settings = {} }: NodeOptions): z.infer<Schema> => {
  const known = Object.entries(settings).filter(([name]) => name in schema.shape);
  return schema.parse({
    ...readSettings(schema, { ...process.env, QUANTRAC_DATA: data }),
    ...Object.fromEntries(known),
  });
};

/** The services of a tier as modules, in the order in which they start. */
function modulesOf(options: NodeOptions): DynamicModule[] {
  const { node } = options;
  const portal = portalModule({ settings: settled(portalSettings, options), node });
  if (options.tier === 'national')
    return [nationalAggregationModule({ settings: settled(nationalAggregationSettings, options), node }), portal];
  return [
    stationRegistryModule({ settings: settled(stationRegistrySettings, options), node }),
    qualityControlModule({ settings: settled(qualityControlSettings, options), node }),
    alertingModule({ settings: settled(alertingSettings, options), node }),
    enterpriseComplianceModule({ settings: settled(enterpriseComplianceSettings, options), node }),
    ministrySyncModule({ settings: settled(ministrySyncSettings, options), node }),
    ingestionModule({ settings: settled(ingestionSettings, options), node }),
    portal,
  ];
}

@Module({})
class Node {}

/** Runs a province node or the national tier in this process: the same services as apart, composed by their modules. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { data } = options;
  const unlock = lockFolder(data);
  try {
    const { node } = nodeIdentity(data, options.node);
    const root: DynamicModule = { module: Node, imports: modulesOf(options) };
    const application = await NestFactory.createApplicationContext(root, {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const peers = peersOf(data);
    return {
      node,
      data,
      peer: peers.peer,
      async stop() {
        peers.close();
        await application.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
