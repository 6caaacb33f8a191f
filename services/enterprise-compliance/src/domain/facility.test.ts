import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { enterprise } from './enterprise.ts';
import { type FacilityCommand, type FacilityEvent, facility } from './facility.ts';

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
const attached: FacilityEvent = { type: 'StationAttached', data: { station: 's1', from: '2020-05-01', at } };
const register: FacilityCommand = { type: 'RegisterFacility', ...facts, stations: [{ station: 's1' }], at };
const attach = (from: string): FacilityCommand => ({ type: 'AttachStation', station: 's1', from, at });
const detach = (to: string): FacilityCommand => ({ type: 'DetachStation', station: 's1', to, at });
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

test('a facility is registered with its stations, each since it began to operate', () => {
  given().when(register).then(registered, attached);
  given(registered, attached).when(register).thenNothing();
  given(registered)
    .when({ ...register, name: 'Another' })
    .thenRejected('FacilityKnown');
});

test('a facility passes to another owner from a day after the last one began', () => {
  given(registered).when(transfer('0300000001', '2024-01-01')).then(transferred);
  given(registered, transferred).when(transfer('0300000001', '2024-01-01')).thenNothing();
  given(registered, transferred).when(transfer('0300000002', '2024-01-01')).thenRejected('OwnerSinceLater');
});

test('a station is detached and comes back, but belongs once at a time', () => {
  const detached: FacilityEvent = { type: 'StationDetached', data: { station: 's1', to: '2022-12-31', at } };
  given(registered, attached).when(detach('2022-12-31')).then(detached);
  given(registered, attached, detached).when(detach('2022-12-31')).thenNothing();
  given(registered, attached, detached).when(attach('2022-12-31')).thenRejected('StationAttached');
  given(registered, attached, detached)
    .when(attach('2023-01-01'))
    .then({ type: 'StationAttached', data: { station: 's1', from: '2023-01-01', at } });
  given(registered, attached).when(attach('2021-01-01')).thenNothing();
  given(registered, attached).when(attach('2019-01-01')).thenRejected('StationAttached');
});

test('a station cannot leave before it came, nor without having come', () => {
  given(registered, attached).when(detach('2020-04-30')).thenRejected('DayBefore');
  given(registered).when(detach('2022-12-31')).thenRejected('StationNotAttached');
});

test('what is asked of a facility that nobody registered is refused', () => {
  given().when(attach('2022-01-01')).thenRejected('FacilityUnknown');
});
