import type { EnterpriseEntry, FacilityEntry, PermitEntry } from '@quantrac/contracts/registers';
import type { RegisteredEnterprise } from '../domain/enterprise.ts';
import type { RegisteredFacility } from '../domain/facility.ts';
import type { GrantedPermit } from '../domain/permit.ts';
import type { Known } from './register-view.ts';

export const enterpriseEntry = ({ state, version }: Known<RegisteredEnterprise>): EnterpriseEntry => ({
  enterprise: state.enterprise,
  name: state.name,
  version,
  knownAt: state.at,
});

export const facilityEntry = ({ state, version }: Known<RegisteredFacility>): FacilityEntry => ({
  facility: state.facility,
  name: state.name,
  kind: state.kind,
  operatingSince: state.operatingSince,
  owner: state.owners.at(-1)!.enterprise,
  owners: [...state.owners],
  stations: [...state.stations],
  version,
  knownAt: state.at,
});

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
