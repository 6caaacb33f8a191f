import type { PermitRule } from '@quantrac/contracts/registers';
import { Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { type DaySpan, overlap } from '../domain/day-span.ts';
import { type EnterpriseEvent, enterprise, type RegisteredEnterprise } from '../domain/enterprise.ts';
import { type FacilityEvent, facility, type RegisteredFacility } from '../domain/facility.ts';
import { changeMembership, type MembershipCommand } from '../domain/membership.ts';
import { type GrantedPermit, type PermitEvent, permit } from '../domain/permit.ts';
import { type StationLimitsEvent, stationLimits } from '../domain/station-limits.ts';
import { enterpriseStream, facilityStream, permitStream, stationLimitsStream } from '../read-models/streams.ts';

/** What a command must find in another register before it is decided; each throws the Fault that says what to do first. */
export interface RegisterLookup {
  enterprise(taxCode: string): Promise<RegisteredEnterprise>;
  facility(id: string): Promise<RegisteredFacility>;
  /** That nothing refuses it now, unless this command has done it; whoever appends it decides again. */
  mayChange(membership: MembershipCommand, commandId: string): Promise<void>;
  /** A permit's facility; every station that its rules name belongs to it at some time of the permit. */
  facilityOf(
    permit: DaySpan & { readonly facility: string; readonly rules: readonly PermitRule[] },
  ): Promise<RegisteredFacility>;
  permit(id: string): Promise<GrantedPermit>;
}

export const registerLookup = (events: EventStore): RegisterLookup => {
  const facilityNamed = async (id: string): Promise<RegisteredFacility> => {
    const state = fold(facility, (await events.read<FacilityEvent>(facilityStream(id))).events);
    if (state.status === 'registered') return state;
    throw Fault.notFound('FacilityUnknown', `no facility "${id}" is registered: register it first`);
  };
  const readStation = (station: string, commandId?: string) =>
    events.read<StationLimitsEvent>(stationLimitsStream(station), commandId);
  return {
    facility: facilityNamed,

    async enterprise(taxCode) {
      const state = fold(enterprise, (await events.read<EnterpriseEvent>(enterpriseStream(taxCode))).events);
      if (state.status === 'registered') return state;
      throw Fault.notFound('EnterpriseUnknown', `no enterprise has the tax code ${taxCode}: register it first`);
    },

    async mayChange(membership, commandId) {
      const { events: past, answered } = await readStation(membership.station, commandId);
      if (answered === undefined) changeMembership(membership, fold(stationLimits, past).memberships);
    },

    async facilityOf({ facility: id, rules, ...days }) {
      const state = await facilityNamed(id);
      for (const station of new Set(rules.map((rule) => rule.station))) {
        const { memberships } = fold(stationLimits, (await readStation(station)).events);
        if (!memberships.some((own) => own.facility === id && overlap(own, days)))
          throw Fault.rejected(
            'StationOfOther',
            `station ${station} does not belong to facility ${id} then: attach it first`,
          );
      }
      return state;
    },

    async permit(id) {
      const state = fold(permit, (await events.read<PermitEvent>(permitStream(id))).events);
      if (state.status === 'granted') return state;
      throw Fault.notFound('PermitUnknown', `no permit "${id}" is granted: grant it first`);
    },
  };
};
