import type { LimitsRecorded } from '@quantrac/contracts';
import type { incidentInYear } from '@quantrac/contracts/queries/enterprise-compliance';
import { type Day, dayBounds, toInstant } from '@quantrac/regulations';
import type { Stores } from '@quantrac/service';
import type { Row } from '@quantrac/time-series';
import type { z } from 'zod';
import { dayNumber, hourNumber, numberOfDay } from '../domain/calendar.ts';
import type { StationFacts } from '../domain/station-facts.ts';
import { collections, type DayRow, factsSeries, limitsSeries } from '../processors/compliance-rows.ts';
import {
  type ExceededInYear,
  exceededTable,
  type MeasuredInYear,
  measuredTable,
  type StationYear,
} from './annual-report.ts';
import { verdictsOf } from './compliance-days.ts';
import { endsOf, type StationDays, stationDaysOf } from './memberships.ts';
import type { Members } from './register-view.ts';
import { stationIncidents } from './station-incidents.ts';

type ReportStores = Pick<Stores, 'series' | 'documents'>;
type IncidentInYear = z.infer<typeof incidentInYear>;

const decoder = new TextDecoder();

/** The three tables of REGULATION 1.8 over a facility's stations, while they were its own. `today`: days up to it are over. */
export const reportOfYear = async (
  members: Pick<Members, 'stations'>,
  { year, today }: { readonly year: number; readonly today: Day },
  { series, documents }: ReportStores,
): Promise<readonly (MeasuredInYear | IncidentInYear | ExceededInYear)[]> => {
  const memberships = stationDaysOf(members, { from: `${year}-01-01`, to: `${year}-12-31` });
  const stations = [...Map.groupBy(memberships, ({ station }) => station)];
  const overdue = numberOfDay(today) - daysWaitedFor;
  const years = await Promise.all(stations.map(([station, spans]) => yearOf(series, station, spans, overdue)));
  const incidents = await Promise.all(memberships.map((days) => incidentsAt(documents, days)));
  const known = years.flatMap((one) => one ?? []);
  return [...known.flatMap(measuredTable), ...incidents.flat(), ...known.flatMap(exceededTable)];
};

/** Today, and yesterday as long as it may lack hours. */
const daysWaitedFor = 2;
const mostChannels = 1000;

/** Undefined: nobody knows what the station measures. */
async function yearOf(
  series: Stores['series'],
  station: string,
  spans: readonly StationDays[],
  overdue: number,
): Promise<StationYear | undefined> {
  const basis = [factsSeries, limitsSeries].map((name) => ({
    collection: collections.basis,
    key: station,
    series: name,
  }));
  const [[facts, limits], rows, verdicts] = await Promise.all([
    series.latest(basis),
    series.ranges(spans.map((days) => ({ collection: collections.days, key: station, ...endsOf(days) }))),
    verdictsOf(series, { stations: spans, limit: 366 * mostChannels }),
  ]);
  if (!facts) return undefined;
  const byChannel = Map.groupBy(rows.flat(), (row) => row.series);
  return {
    station,
    facts: contentOf<StationFacts>(facts),
    limits: limits ? contentOf<LimitsRecorded>(limits).limits : [],
    days: spans.flatMap(({ from, to }) => numbersOf(numberOfDay(from), numberOfDay(to))),
    overdue,
    settled: (channel) =>
      new Map((byChannel.get(channel) ?? []).map((row) => [dayNumber(hourNumber(row.time)), contentOf<DayRow>(row)])),
    verdicts,
  };
}

const contentOf = <Content>({ value }: Row): Content => JSON.parse(decoder.decode(value)) as Content;

const numbersOf = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

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
