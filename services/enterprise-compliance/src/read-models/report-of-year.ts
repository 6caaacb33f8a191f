import type { incidentInYear } from '@quantrac/contracts/queries/enterprise-compliance';
import { dayBounds, toInstant } from '@quantrac/regulations';
import type { Stores } from '@quantrac/service';
import type { z } from 'zod';
import type { StationFacts } from '../domain/station-facts.ts';
import { collections, type DayRow, factsSeries } from '../processors/compliance-rows.ts';
import {
  type ExceededInYear,
  exceededTable,
  type MeasuredInYear,
  measuredTable,
  type SettledDay,
} from './annual-report.ts';
import { verdictsOf } from './compliance-days.ts';
import { endsOf, type StationDays, stationDaysOf } from './memberships.ts';
import type { Members } from './register-view.ts';
import { stationIncidents } from './station-incidents.ts';

type ReportStores = Pick<Stores, 'series' | 'documents'>;
type IncidentInYear = z.infer<typeof incidentInYear>;

const decoder = new TextDecoder();

/** The three tables of REGULATION 1.8 over a facility's stations, while they were its own. */
export const reportOfYear = async (
  members: Pick<Members, 'stations'>,
  year: number,
  { series, documents }: ReportStores,
): Promise<readonly (MeasuredInYear | IncidentInYear | ExceededInYear)[]> => {
  const stations = stationDaysOf(members, { from: `${year}-01-01`, to: `${year}-12-31` });
  const measured = await Promise.all(stations.map((days) => measuredAt(series, days)));
  const incidents = await Promise.all(stations.map((days) => incidentsAt(documents, days)));
  const verdicts = await verdictsOf(series, { stations, limit: 366 * mostChannels });
  return [...measured.flat(), ...incidents.flat(), ...exceededTable(verdicts)];
};

const mostChannels = 1000;

async function measuredAt(
  series: Stores['series'],
  { station, ...days }: StationDays,
): Promise<readonly MeasuredInYear[]> {
  const [[known], rows] = await Promise.all([
    series.latest([{ collection: collections.basis, key: station, series: factsSeries }]),
    series.range({ collection: collections.days, key: station, ...endsOf(days) }),
  ]);
  if (!known) return [];
  const facts = JSON.parse(decoder.decode(known.value)) as StationFacts;
  const settled = rows.map(
    ({ series: channel, time, value }): SettledDay => ({
      channel,
      end: time,
      day: JSON.parse(decoder.decode(value)) as DayRow,
    }),
  );
  return measuredTable(station, facts, settled);
}

/** Those that were opened in these days. */
async function incidentsAt(documents: Stores['documents'], days: StationDays): Promise<readonly IncidentInYear[]> {
  const from = toInstant(dayBounds(days.from).after);
  const to = toInstant(dayBounds(days.to).upTo);
  const found = await documents.find(stationIncidents, 'byStation', {
    equals: [days.station],
    from,
    to,
    limit: 10_000,
  });
  return found.map(({ document: { station, incident, rule, openedAt, resolvedAt, remedy } }) => ({
    table: 'incident',
    station,
    incident,
    rule,
    openedAt,
    resolvedAt,
    remedy,
  }));
}
