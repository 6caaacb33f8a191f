import type { PermitRule } from '@quantrac/contracts/registers';
import { Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { type DaySpan, overlap } from '../domain/day-span.ts';
import { type EnterpriseEvent, enterprise, type RegisteredEnterprise } from '../domain/enterprise.ts';
import { type FacilityEvent, facility, type RegisteredFacility } from '../domain/facility.ts';
import { type GrantedPermit, type PermitEvent, permit } from '../domain/permit.ts';
import { enterpriseStream, facilityStream, permitStream } from '../read-models/streams.ts';

/** What a command must find in another register before it is decided; each throws the Fault that says what to do first. */
export interface RegisterLookup {
  enterprise(taxCode: string): Promise<RegisteredEnterprise>;
  /** A permit's facility; every station that its rules name belongs to it at some time of the permit. */
  facilityOf(
    permit: DaySpan & { readonly facility: string; readonly rules: readonly PermitRule[] },
  ): Promise<RegisteredFacility>;
  permit(id: string): Promise<GrantedPermit>;
}

export const registerLookup = (events: EventStore): RegisterLookup => ({
  async enterprise(taxCode) {
    const state = fold(enterprise, (await events.read<EnterpriseEvent>(enterpriseStream(taxCode))).events);
    if (state.status === 'registered') return state;
    throw Fault.notFound('EnterpriseUnknown', `no enterprise has the tax code ${taxCode}: register it first`);
  },

  async facilityOf({ facility: id, rules, ...days }) {
    const state = fold(facility, (await events.read<FacilityEvent>(facilityStream(id))).events);
    if (state.status === 'unknown')
      throw Fault.notFound('FacilityUnknown', `no facility "${id}" is registered: register it first`);
    const foreign = rules.find(
      ({ station }) => !state.stations.some((own) => own.station === station && overlap(own, days)),
    );
    if (foreign)
      throw Fault.rejected(
        'StationOfOther',
        `station ${foreign.station} does not belong to facility ${id} then: attach it first`,
      );
    return state;
  },

  async permit(id) {
    const state = fold(permit, (await events.read<PermitEvent>(permitStream(id))).events);
    if (state.status === 'granted') return state;
    throw Fault.notFound('PermitUnknown', `no permit "${id}" is granted: grant it first`);
  },
});
