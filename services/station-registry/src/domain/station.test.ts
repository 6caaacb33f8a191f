import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { at, given, later, registered, registration } from '../testing/stations.ts';
import { type StationEvent, station } from './station.ts';
import { stationRecord } from './station-record.ts';

const rejection = { reason: 'no permit', directive: 'd1' };
const names = { prefixes: ['HCM_ABC_NT01'], aliases: [] };

describe('registering a station', () => {
  it('tells who it is', () => {
    given()
      .when({ type: 'RegisterStation', ...registration, at })
      .then(registered);
  });

  it('is done once, however often it is asked for', () => {
    given(registered)
      .when({ type: 'RegisterStation', ...registration, at: later })
      .thenNothing();
  });

  it('refuses another station under the same id', () => {
    given(registered)
      .when({ type: 'RegisterStation', ...registration, name: 'another', at })
      .thenRejected('StationExists');
  });

  it('comes before everything else', () => {
    given().when({ type: 'RequestApproval', at }).thenRejected('StationUnknown');
  });

  it('refuses a province code that the day does not know', () => {
    const provinces = [{ province: '74', from: '2025-07-01' }];
    given()
      .when({ type: 'RegisterStation', ...registration, provinces, at })
      .thenRejected('ProvinceUnknown');
  });
});

describe('the details of a station', () => {
  it('change one by one, and only where they differ', () => {
    const position = { latitude: '10.77', longitude: '106.70' };
    given(registered)
      .when({ type: 'ChangeStationDetails', name: registration.name, facility: 'f1', position, at: later })
      .then(
        { type: 'StationAssignedToFacility', data: { facility: 'f1', at: later } },
        { type: 'StationPositioned', data: { position, at: later } },
      );
  });

  it('refuse a position with latitude and longitude exchanged', () => {
    given(registered)
      .when({ type: 'ChangeStationDetails', position: { latitude: '106.70', longitude: '10.77' }, at })
      .thenRejected('PositionImpossible');
  });

  it('keep the old province beside the new one of a merger', () => {
    const before: StationEvent = { type: 'StationAssignedToProvince', data: { province: '74', from: null, at } };
    const merged: StationEvent = {
      type: 'StationAssignedToProvince',
      data: { province: '79', from: '2025-07-01', at },
    };
    given(registered, before).when({ type: 'AssignProvince', province: '79', from: '2025-07-01', at }).then(merged);
    given(registered, before, merged)
      .when({ type: 'AssignProvince', province: '79', from: '2025-07-01', at })
      .thenNothing();
    assert.deepEqual(fold(station, [registered, merged, before])?.provinces, [
      { province: '74', from: null },
      { province: '79', from: '2025-07-01' },
    ]);
  });
});

describe('the life of a station', () => {
  const suspended: StationEvent = {
    type: 'StationLifecycleChanged',
    data: { to: 'suspended', from: at, reason: 'flood', at },
  };

  it('changes with a reason and a date of its own', () => {
    given(registered)
      .when({ type: 'ChangeLifecycle', to: 'suspended', from: at, reason: 'flood', at: later })
      .then({ type: 'StationLifecycleChanged', data: { to: 'suspended', from: at, reason: 'flood', at: later } });
  });

  it('changes now where no date is given', () => {
    given(registered)
      .when({ type: 'ChangeLifecycle', to: 'suspended', reason: 'flood', at: later })
      .then({ type: 'StationLifecycleChanged', data: { to: 'suspended', from: later, reason: 'flood', at: later } });
  });

  it('does not change to what it is', () => {
    given(registered, suspended)
      .when({ type: 'ChangeLifecycle', to: 'suspended', from: later, reason: 'again', at: later })
      .thenNothing();
  });

  it('does not skip the trial', () => {
    const planned: StationEvent = { type: 'StationRegistered', data: { ...registration, lifecycle: 'planned', at } };
    given(planned)
      .when({ type: 'ChangeLifecycle', to: 'operating', reason: 'hurry', at })
      .thenRejected('LifecycleForbidden');
  });

  it('ends with its retirement', () => {
    const retired: StationEvent = { type: 'StationRegistered', data: { ...registration, lifecycle: 'retired', at } };
    given(retired)
      .when({ type: 'ChangeLifecycle', to: 'operating', reason: 'mistake', at })
      .thenRejected('LifecycleForbidden');
  });

  it('tells nothing that has not happened', () => {
    given(registered)
      .when({ type: 'ChangeLifecycle', to: 'suspended', from: later, reason: 'flood', at })
      .thenRejected('LifecycleInFuture');
  });

  it('does not run backward', () => {
    given(registered, suspended)
      .when({
        type: 'ChangeLifecycle',
        to: 'operating',
        from: '2026-01-14T00:00:00.000Z',
        reason: 'dry again',
        at: later,
      })
      .thenRejected('LifecycleBackwards');
  });
});

describe('the approval by the ministry', () => {
  const requested: StationEvent = { type: 'StationApprovalRequested', data: { at } };
  const rejected: StationEvent = { type: 'StationRejected', data: { ...rejection, at } };
  const approved: StationEvent = { type: 'StationApproved', data: { reason: '', directive: 'd2', at } };

  it('is asked for once while it waits', () => {
    given(registered).when({ type: 'RequestApproval', at }).then(requested);
    given(registered, requested).when({ type: 'RequestApproval', at }).thenNothing();
  });

  it('may be asked for again after a rejection, not after an approval', () => {
    given(registered, rejected).when({ type: 'RequestApproval', at }).then(requested);
    given(registered, approved).when({ type: 'RequestApproval', at }).thenRejected('ApprovedAlready');
  });

  it('is recorded once a directive', () => {
    const command = { type: 'RecordApproval', state: 'rejected', ...rejection, at } as const;
    given(registered, requested).when(command).then(rejected);
    given(registered, requested, rejected).when(command).thenNothing();
  });

  it('is the newest of its node: one that comes again behind it changes nothing, also while the next is waited for', () => {
    const answer = (state: 'Approved' | 'Rejected', directive: string): StationEvent => ({
      type: `Station${state}`,
      data: { reason: '', directive, at },
    });
    const past = [registered, answer('Approved', 'n1/9'), answer('Rejected', 'n1/10')];
    const again = { type: 'RecordApproval', state: 'approved', reason: '', at } as const;
    given(...past)
      .when({ ...again, directive: 'n1/9' })
      .thenNothing();
    given(...past, requested)
      .when({ ...again, directive: 'n1/10' })
      .thenNothing();
    given(...past)
      .when({ ...again, directive: 'n1/11' })
      .then(answer('Approved', 'n1/11'));
    given(...past)
      .when({ ...again, directive: 'n2/1' })
      .then(answer('Approved', 'n2/1'));
  });
});

describe('accounts and names of a station', () => {
  const linked: StationEvent = { type: 'UploadAccountLinked', data: { account: 'kcn', at } };

  it('links an account once, and unlinks it', () => {
    given(registered).when({ type: 'LinkAccount', account: 'kcn', at }).then(linked);
    given(registered, linked).when({ type: 'LinkAccount', account: 'kcn', at }).thenNothing();
    given(registered, linked)
      .when({ type: 'UnlinkAccount', account: 'kcn', at })
      .then({ type: 'UploadAccountUnlinked', data: { account: 'kcn', at } });
  });

  it('follows its claimed names, and no older claim', () => {
    const followed: StationEvent = { type: 'StationNamesChanged', data: { names, number: 7, at } };
    given(registered).when({ type: 'FollowNames', names, number: 7, at }).then(followed);
    given(registered, followed)
      .when({ type: 'FollowNames', names: { prefixes: [], aliases: [] }, number: 6, at })
      .thenNothing();
  });
});

describe('what is told of a station', () => {
  const events: readonly StationEvent[] = [
    registered,
    { type: 'StationNamesChanged', data: { names: { ...names, folder: { code: 'NT01', layout: 3 } }, number: 1, at } },
    { type: 'UploadAccountLinked', data: { account: 'kcn', at } },
    { type: 'StationRejected', data: { ...rejection, at: later } },
  ];

  it('is its whole state, known since its last event', () => {
    assert.deepEqual(stationRecord(fold(station, events)!, { version: 4, cause: 'directive:d1' }), {
      station: 'snt01',
      version: 4,
      knownAt: later,
      cause: 'directive:d1',
      kind: 'wastewater',
      name: 'Trạm nước thải 1',
      lifecycle: 'operating',
      lifecycles: [{ from: null, lifecycle: 'operating' }],
      node: 'n1',
      provinces: [{ province: '79', from: null }],
      aliases: [],
      prefixes: ['HCM_ABC_NT01'],
      folder: { code: 'NT01', layout: 3 },
      accounts: ['kcn'],
      channels: [],
      instruments: [],
      declaredPeriods: [],
      approval: { state: 'rejected', reason: 'no permit' },
    });
  });

  it('never becomes known earlier than before, even if the clock was set back', () => {
    given(...events)
      .when({ type: 'LinkAccount', account: 'other', at })
      .then({ type: 'UploadAccountLinked', data: { account: 'other', at: later } });
  });
});
