import { topics } from '@quantrac/contracts';
import { commandHandler } from '@quantrac/event-sourcing';
import { runRounds, type ServiceDefinition, type Stores, type Surroundings } from '@quantrac/service';
import { appendOptions } from './api/append-options.ts';
import { enterpriseComplianceCommands } from './api/commands.ts';
import { enterpriseComplianceQueries } from './api/queries.ts';
import { stationTeller } from './api/tell-stations.ts';
import type { EnterpriseComplianceSettings } from './config.ts';
import { type StationLimitsCommand, type StationLimitsEvent, stationLimits } from './domain/station-limits.ts';
import { complianceDays } from './processors/compliance-days.ts';
import { limitsRelay } from './processors/limits-relay.ts';
import { stationChannels } from './processors/station-channels.ts';
import { incidentsOfStations } from './processors/station-incidents.ts';
import { openRegisterView } from './read-models/register-view.ts';

const TELL_UNTOLD_EVERY_MS = 60_000;

/** Enterprises, facilities and permits; what they allow each channel; whether each day kept to it. */
export const enterpriseComplianceService = (
  { events, series, documents }: Pick<Stores, 'events' | 'series' | 'documents'>,
  { dayCapturePercent }: Pick<EnterpriseComplianceSettings, 'dayCapturePercent'>,
  { clock, log }: Pick<Surroundings, 'clock' | 'log'>,
): ServiceDefinition => {
  const view = openRegisterView(events);
  const teller = stationTeller(events);
  const changeLimits = commandHandler(stationLimits, events.streams<StationLimitsEvent>());
  return {
    name: 'enterprise-compliance',
    topics: [topics.limits, topics.compliance, topics.judgings],
    processors: [stationChannels, complianceDays(dayCapturePercent), incidentsOfStations],
    relays: [limitsRelay],
    commands: enterpriseComplianceCommands(events, view, teller),
    queries: enterpriseComplianceQueries(view, { events, series, documents }, clock),
    aggregates: {
      'station-limits': async (streamId, command, context) => {
        await changeLimits(streamId, command as StationLimitsCommand, appendOptions(context));
      },
    },
    runAlone: [
      async () => {
        const onFailure = (error: unknown) => log.warn({ error }, 'permits wait to be told to their stations');
        return runRounds({ round: () => teller.tellUntold(view), everyMs: TELL_UNTOLD_EVERY_MS, onFailure });
      },
    ],
  };
};
