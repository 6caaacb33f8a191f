import { alertingCommands } from '@quantrac/contracts/commands/alerting';
import { enterpriseComplianceCommands } from '@quantrac/contracts/commands/enterprise-compliance';
import { ingestionCommands } from '@quantrac/contracts/commands/ingestion';
import { ministrySyncCommands } from '@quantrac/contracts/commands/ministry-sync';
import { nationalAggregationCommands } from '@quantrac/contracts/commands/national-aggregation';
import { portalCommands } from '@quantrac/contracts/commands/portal';
import { qualityControlCommands } from '@quantrac/contracts/commands/quality-control';
import { stationRegistryCommands } from '@quantrac/contracts/commands/station-registry';
import { alertingQueries } from '@quantrac/contracts/queries/alerting';
import { enterpriseComplianceQueries } from '@quantrac/contracts/queries/enterprise-compliance';
import { ingestionQueries } from '@quantrac/contracts/queries/ingestion';
import { ministrySyncQueries } from '@quantrac/contracts/queries/ministry-sync';
import { nationalAggregationQueries } from '@quantrac/contracts/queries/national-aggregation';
import { portalQueries } from '@quantrac/contracts/queries/portal';
import { qualityControlQueries } from '@quantrac/contracts/queries/quality-control';
import { stationRegistryQueries } from '@quantrac/contracts/queries/station-registry';
import type { z } from 'zod';

export interface Owner {
  readonly commands: Readonly<Record<string, z.ZodType>>;
  readonly queries: Readonly<Record<string, { readonly args: z.ZodObject; readonly row?: z.ZodType }>>;
}

/** Without what services ask of each other: whether a logger may log in, and what the ministry's directive said. */
const { CheckCredentials: _, RecordApproval: __, ...registryCommands } = stationRegistryCommands;

const portal: Owner = { commands: portalCommands, queries: portalQueries };

const province: Readonly<Record<string, Owner>> = {
  'station-registry': { commands: registryCommands, queries: stationRegistryQueries },
  ingestion: { commands: ingestionCommands, queries: ingestionQueries },
  'quality-control': { commands: qualityControlCommands, queries: qualityControlQueries },
  alerting: { commands: alertingCommands, queries: alertingQueries },
  'enterprise-compliance': { commands: enterpriseComplianceCommands, queries: enterpriseComplianceQueries },
  'ministry-sync': { commands: ministrySyncCommands, queries: ministrySyncQueries },
  portal,
};

const national: Readonly<Record<string, Owner>> = {
  'national-aggregation': { commands: nationalAggregationCommands, queries: nationalAggregationQueries },
  portal,
};

export type Tier = 'province' | 'national';

/** What each owner of a tier can be asked and told, by the schemas in contracts. */
export const catalogOf = (tier: Tier): Readonly<Record<string, Owner>> => (tier === 'national' ? national : province);
