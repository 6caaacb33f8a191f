import type { EnterpriseEntry, FacilityEntry, PermitEntry } from '@quantrac/contracts/registers';
import type { Day } from '@quantrac/regulations';
import { later } from '../domain/day-span.ts';
import type { RegisteredEnterprise } from '../domain/enterprise.ts';
import { ownerOn, type RegisteredFacility } from '../domain/facility.ts';
import type { GrantedPermit } from '../domain/permit.ts';
import { type Known, membersOf, type Registers } from './register-view.ts';

export const enterpriseEntry = ({ state, version }: Known<RegisteredEnterprise>): EnterpriseEntry => ({
  enterprise: state.enterprise,
  name: state.name,
  version,
  knownAt: state.at,
});

/** `day`: on which its owner is asked for. */
export const facilityEntry = (registers: Registers, { state }: Known<RegisteredFacility>, day: Day): FacilityEntry => {
  const { stations, at } = membersOf(registers, state.facility);
  return {
    facility: state.facility,
    name: state.name,
    kind: state.kind,
    operatingSince: state.operatingSince,
    owner: ownerOn(state, day),
    owners: [...state.owners],
    stations: [...stations],
    version: versionOfFacility(registers, state.facility),
    knownAt: later(at, state.at),
  };
};

/** A facility changes with its stations. */
export const versionOfFacility = (registers: Registers, facility: string): number =>
  (registers.facilities.get(facility)?.version ?? 0) + membersOf(registers, facility).changes;

export const permitEntry = ({ state, version }: Known<GrantedPermit>): PermitEntry => ({
  permit: state.permit,
  facility: state.facility,
  number: state.number,
  from: state.from,
  to: state.to,
  revokedFrom: state.revokedFrom,
  rules: [...state.rules],
  stations: [...state.stations],
  version,
  knownAt: state.at,
});
