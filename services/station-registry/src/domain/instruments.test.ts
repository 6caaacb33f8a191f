import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { at, channelAdded, given, later, registered } from '../testing/stations.ts';
import { type StationEvent, station } from './station.ts';

const past = [registered, channelAdded('cod')];
const install = { type: 'InstallInstrument', instrument: 'i1', channel: 'cod', from: null, serial: '77', at } as const;
const installed: StationEvent = {
  type: 'InstrumentInstalled',
  data: { instrument: 'i1', channel: 'cod', from: null, serial: '77', at },
};
const removed: StationEvent = { type: 'InstrumentRemoved', data: { instrument: 'i1', to: at, at } };

describe('the instruments of a channel', () => {
  it('are installed once', () => {
    given(...past)
      .when(install)
      .then(installed);
    given(...past, installed)
      .when(install)
      .thenNothing();
  });

  it('measure a channel that is there', () => {
    given(registered).when(install).thenRejected('ChannelUnknown');
  });

  it('measure it one at a time', () => {
    const next = { ...install, instrument: 'i2', from: at } as const;
    given(...past, installed)
      .when(next)
      .thenRejected('ChannelHasInstrument');
    given(...past, installed, removed)
      .when(next)
      .then({ type: 'InstrumentInstalled', data: { instrument: 'i2', channel: 'cod', from: at, serial: '77', at } });
  });

  it('are removed once, after they were installed', () => {
    given(...past, installed)
      .when({ type: 'RemoveInstrument', instrument: 'i1', to: at, at })
      .then(removed);
    given(...past, installed, removed)
      .when({ type: 'RemoveInstrument', instrument: 'i1', to: at, at })
      .thenNothing();
    given(...past)
      .when({ type: 'RemoveInstrument', instrument: 'i1', to: at, at })
      .thenRejected('InstrumentUnknown');
    given(...past, { type: 'InstrumentInstalled', data: { instrument: 'i1', channel: 'cod', from: later, at } })
      .when({ type: 'RemoveInstrument', instrument: 'i1', to: at, at })
      .thenRejected('InstrumentBackwards');
  });

  it('are corrected by installing them again, and stay removed', () => {
    const corrected: StationEvent = {
      type: 'InstrumentCorrected',
      data: { instrument: 'i1', channel: 'cod', from: null, serial: '78', at },
    };
    given(...past, installed, removed)
      .when({ ...install, serial: '78' })
      .then(corrected);
    assert.deepEqual(fold(station, [...past, installed, removed, corrected])?.instruments, [
      { instrument: 'i1', channel: 'cod', from: null, serial: '78', to: at },
    ]);
  });

  it('do not move to another channel', () => {
    given(...past, channelAdded('toc', { names: ['TOC'] }, 'TOC'), installed)
      .when({ ...install, channel: 'toc' })
      .thenRejected('InstrumentElsewhere');
  });
});
