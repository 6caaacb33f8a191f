import { enterpriseComplianceQueries as contract } from '@quantrac/contracts/queries/enterprise-compliance';
import { Fault, fold } from '@quantrac/event-sourcing';
import { dayOf, fromInstant } from '@quantrac/regulations';
import { type QueryHandler, query, type Stores } from '@quantrac/service';
import type { z } from 'zod';
import { covers } from '../domain/day-span.ts';
import { ownerOn, type RegisteredFacility } from '../domain/facility.ts';
import { type StationLimitsEvent, stationLimits } from '../domain/station-limits.ts';
import { verdictsOf } from '../read-models/compliance-days.ts';
import { stationDaysOf } from '../read-models/memberships.ts';
import { newestDayCounts } from '../read-models/newest-days.ts';
import { enterpriseEntry, facilityEntry, permitEntry } from '../read-models/register-entries.ts';
import {
  type Known,
  type Members,
  membersOf,
  type Registers,
  type RegisterView,
} from '../read-models/register-view.ts';
import { reportOfYear } from '../read-models/report-of-year.ts';
import { stationLimitsStream } from '../read-models/streams.ts';

type QueryStores = Pick<Stores, 'events' | 'series' | 'documents'>;
type Row<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['row']>;
type Args<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['args']>;

export const enterpriseComplianceQueries = (
  view: RegisterView,
  stores: QueryStores,
  clock: () => number,
): Readonly<Record<string, QueryHandler>> => ({
  enterprises: query(contract.enterprises.args, async ({ enterprise, ...page }): Promise<Row<'enterprises'>[]> => {
    const { enterprises } = await view.current();
    return pageOf(enterprises, page, ({ state }) => isAsked(state.enterprise, enterprise)).map(enterpriseEntry);
  }),
  facilities: query(
    contract.facilities.args,
    async ({
      facility,
      enterprise,
      day = dayOf(clock(), { stamp: 'start' }),
      ...page
    }): Promise<Row<'facilities'>[]> => {
      const registers = await view.current();
      const wanted = ({ state }: Known<RegisteredFacility>) =>
        isAsked(state.facility, facility) && isAsked(ownerOn(state, day), enterprise);
      return pageOf(registers.facilities, page, wanted).map((known) => facilityEntry(registers, known, day));
    },
  ),
  permits: query(contract.permits.args, async ({ permit, facility, ...page }): Promise<Row<'permits'>[]> => {
    const { permits } = await view.current();
    return pageOf(permits, page, ({ state }) => isAsked(state.permit, permit) && isAsked(state.facility, facility)).map(
      permitEntry,
    );
  }),
  limits: query(contract.limits.args, async ({ station, day }): Promise<readonly Row<'limits'>[]> => {
    const { events } = await stores.events.read<StationLimitsEvent>(stationLimitsStream(station));
    const { limits } = fold(stationLimits, events).recorded;
    return day === undefined ? limits : limits.filter((limit) => covers(limit, day));
  }),
  complianceDays: query(contract.complianceDays.args, async (args) => daysAsked(args, await view.current(), stores)),
  counts: query(contract.counts.args, () => newestDayCounts(stores.series)),
  annualReport: query(
    contract.annualReport.args,
    async ({ facility, year }): Promise<readonly Row<'annualReport'>[]> => {
      const asked = { year, today: dayOf(clock(), { stamp: 'start' }) };
      return reportOfYear(membersIn(await view.current(), facility), asked, stores);
    },
  ),
});

async function daysAsked(
  { facility, station, from, to, asOf, limit }: Args<'complianceDays'>,
  registers: Registers,
  { series }: QueryStores,
): Promise<readonly Row<'complianceDays'>[]> {
  const days = { from, to };
  const stations =
    facility === undefined ? [{ station: station!, ...days }] : stationDaysOf(membersIn(registers, facility), days);
  const asked = stations.filter((one) => isAsked(one.station, station));
  return verdictsOf(series, { stations: asked, knownAt: asOf === undefined ? undefined : fromInstant(asOf), limit });
}

function membersIn(registers: Registers, facility: string): Members {
  if (registers.facilities.has(facility)) return membersOf(registers, facility);
  throw Fault.notFound('FacilityUnknown', `no facility "${facility}" is registered`);
}

const isAsked = (value: string, asked: string | undefined): boolean => asked === undefined || value === asked;

/** Those behind an id, in the order of their ids. */
const pageOf = <Item>(
  items: ReadonlyMap<string, Item>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  isWanted: (item: Item) => boolean,
): Item[] =>
  [...items]
    .filter(([id, item]) => (after === undefined || id > after) && isWanted(item))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, limit)
    .map(([, item]) => item);
