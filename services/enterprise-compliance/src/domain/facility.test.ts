import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { enterprise } from './enterprise.ts';
import { type FacilityCommand, type FacilityEvent, facility, ownerOn } from './facility.ts';

const at = '2026-01-15T01:00:00.000Z';
const given = specification(facility);

const facts = {
  facility: 'f1',
  name: 'Nhà máy dệt',
  kind: 'polluting-type',
  owner: '0312345678',
  operatingSince: '2020-05-01',
} as const;
const registered: FacilityEvent = { type: 'FacilityRegistered', data: { ...facts, at } };
const register: FacilityCommand = { type: 'RegisterFacility', ...facts, at };
const transfer = (to: string, from: string): FacilityCommand => ({ type: 'TransferFacility', to, from, at });
const transferred: FacilityEvent = {
  type: 'FacilityTransferred',
  data: { to: '0300000001', from: '2024-01-01', at },
};

test('an enterprise is registered once; another name under its tax code is refused', () => {
  const command = { type: 'RegisterEnterprise', enterprise: '0312345678', name: 'Dệt ABC', at } as const;
  const event = { type: 'EnterpriseRegistered', data: { enterprise: '0312345678', name: 'Dệt ABC', at } } as const;
  specification(enterprise)().when(command).then(event);
  specification(enterprise)(event).when(command).thenNothing();
  specification(enterprise)(event)
    .when({ ...command, name: 'Dệt XYZ' })
    .thenRejected('EnterpriseKnown');
});

test('a facility is registered once, with its facts', () => {
  given().when(register).then(registered);
  given(registered).when(register).thenNothing();
  given(registered)
    .when({ ...register, name: 'Another' })
    .thenRejected('FacilityKnown');
});

test('a facility passes to another owner from a day after the last one began', () => {
  given(registered).when(transfer('0300000001', '2024-01-01')).then(transferred);
  given(registered, transferred).when(transfer('0300000001', '2024-01-01')).thenNothing();
  given(registered, transferred).when(transfer('0300000002', '2024-01-01')).thenRejected('OwnerSinceLater');
});

test('what is asked of a facility that nobody registered is refused', () => {
  given().when(transfer('0300000001', '2024-01-01')).thenRejected('FacilityUnknown');
});

test('each owner owns until the next one does, and the first also before', () => {
  const owners = [
    { enterprise: 'a', from: '2020-05-01' },
    { enterprise: 'b', from: '2024-01-01' },
  ];
  assert.deepEqual(
    ['2019-01-01', '2020-05-01', '2023-12-31', '2024-01-01'].map((day) => ownerOn({ owners }, day)),
    ['a', 'a', 'a', 'b'],
  );
});
