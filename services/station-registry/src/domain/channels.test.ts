import { describe, it } from 'node:test';
import { at, channelAdded, given, later, registered, settings } from '../testing/stations.ts';
import type { StationEvent } from './station.ts';

const flow = (channel: string, names: string[]) =>
  ({
    type: 'AddChannel',
    channel,
    parameter: 'Flow',
    settings: settings({ names, unit: 'm3/h' }),
    at,
  }) as const;

describe('adding a channel', () => {
  it('stores units as the regulation writes them, names in NFC, and no empty thresholds', () => {
    const given1 = settings({
      names: ['Nhiệt độ'.normalize('NFD')],
      unit: 'oC',
      quality: { spike: {}, grossRange: {} },
    });
    given(registered)
      .when({ type: 'AddChannel', channel: 'temp', parameter: 'Temp', settings: given1, at })
      .then({
        type: 'ChannelAdded',
        data: {
          channel: 'temp',
          parameter: 'Temp',
          settings: settings({ names: ['Nhiệt độ'.normalize('NFC')], unit: '°C' }),
          at,
        },
      });
  });

  it('is done once, and refuses another channel under its id', () => {
    const command = { type: 'AddChannel', channel: 'cod', parameter: 'COD', settings: settings(), at } as const;
    given(registered, channelAdded('cod')).when(command).thenNothing();
    given(registered, channelAdded('cod'))
      .when({ ...command, parameter: 'TOC' })
      .thenRejected('ChannelExists');
  });

  it('takes inlet and outlet of one parameter under names of their own', () => {
    const inlet = channelAdded('flow-in', { names: ['Flow1'], unit: 'm3/h' }, 'Flow');
    given(registered, inlet)
      .when(flow('flow-out', ['Flow2']))
      .then(channelAdded('flow-out', { names: ['Flow2'], unit: 'm3/h' }, 'Flow'));
    given(registered, inlet)
      .when(flow('flow-out', ['FLOW1']))
      .thenRejected('ChannelNameTaken');
  });

  const refused = (parameter: string, over: Parameters<typeof settings>[0], code: string) =>
    given(registered)
      .when({ type: 'AddChannel', channel: 'c', parameter, settings: settings(over), at })
      .thenRejected(code);

  it('refuses what the catalogue does not know', () => {
    refused('PM2,5', {}, 'ParameterUnknown');
    refused('COD', { unit: 'mgl' }, 'UnitUnknown');
    refused('COD', { unit: 'mg/L', unitSent: 'furlong' }, 'UnitUnknown');
    refused('COD', { unit: 'mg/L', unitSpellings: [{ spelling: 'mgl', unit: 'furlong' }] }, 'UnitUnknown');
    refused('COD', { unit: 'mg/L', unitSpellings: [{ spelling: 'mgl', unit: 'm3/h' }] }, 'UnitNotConvertible');
  });

  it('refuses a unit sent that cannot become the unit kept', () => {
    refused('COD', { unit: 'mg/L', unitSent: 'm3/h' }, 'UnitNotConvertible');
  });

  it('refuses a basis that the parameter does not have', () => {
    refused('NH4-N', { names: ['NH4'], basisSent: 'P' }, 'BasisUnknown');
    refused('COD', { basisSent: 'N' }, 'BasisUnknown');
  });

  it('takes ammonium sent as NH4', () => {
    given(registered)
      .when({
        type: 'AddChannel',
        channel: 'nh4',
        parameter: 'NH4-N',
        settings: settings({ names: ['NH4'], basisSent: 'NH4' }),
        at,
      })
      .then(channelAdded('nh4', { names: ['NH4'], basisSent: 'NH4' }, 'NH4-N'));
  });

  it('refuses a name that stands twice, crossed thresholds and a delivery shorter than the interval', () => {
    refused('COD', { names: ['COD', 'cod'] }, 'NameRepeated');
    refused('COD', { quality: { spike: { suspect: '20', fail: '10' } } }, 'ThresholdsCrossed');
    refused('COD', { quality: { grossRange: { fail: { min: '0' }, suspect: { min: '-1' } } } }, 'ThresholdsCrossed');
    refused('COD', { quality: { spike: { suspect: '1'.repeat(80) } } }, 'ThresholdUnreadable');
    refused('COD', { deliveryMs: 60_000 }, 'DeliveryTooShort');
  });
});

describe('the dated settings of a channel', () => {
  const march = '2026-03-01T00:00:00.000Z';
  const renamed = settings({ from: march, names: ['COD2'] });
  const changed: StationEvent = { type: 'ChannelSettingsChanged', data: { channel: 'cod', settings: renamed, at } };

  it('change from a date on', () => {
    given(registered, channelAdded('cod'))
      .when({ type: 'ChangeChannelSettings', channel: 'cod', settings: renamed, at })
      .then(changed);
    given(registered, channelAdded('cod'), changed)
      .when({ type: 'ChangeChannelSettings', channel: 'cod', settings: renamed, at: later })
      .thenNothing();
  });

  it('are replaced from the same date, however often', () => {
    const corrected = settings({ from: march, names: ['COD3'] });
    const past = [registered, channelAdded('cod'), changed];
    const again: StationEvent = { type: 'ChannelSettingsChanged', data: { channel: 'cod', settings: corrected, at } };
    given(...past)
      .when({ type: 'ChangeChannelSettings', channel: 'cod', settings: corrected, at })
      .then(again);
    given(...past, again)
      .when({ type: 'ChangeChannelSettings', channel: 'cod', settings: renamed, at })
      .then(changed);
  });

  it('leave a name to another channel once it is given up', () => {
    const take = (from: string) =>
      ({ type: 'ChangeChannelSettings', channel: 'toc', settings: settings({ from, names: ['COD'] }), at }) as const;
    const past = [registered, channelAdded('cod'), changed, channelAdded('toc', { names: ['TOC'] }, 'TOC')];
    given(...past)
      .when(take(march))
      .then({
        type: 'ChannelSettingsChanged',
        data: { channel: 'toc', settings: settings({ from: march, names: ['COD'] }), at },
      });
    given(...past)
      .when(take(later))
      .thenRejected('ChannelNameTaken');
  });

  it('may be changed together, so that two channels exchange their names', () => {
    const change = (channel: string, name: string) =>
      ({
        type: 'ChangeChannelSettings',
        channel,
        settings: settings({ from: march, names: [name] }),
      }) as const;
    const changes = [change('cod', 'TOC'), change('toc', 'COD')];
    const past = [registered, channelAdded('cod'), channelAdded('toc', { names: ['TOC'] }, 'TOC')];
    given(...past)
      .when({ type: 'ChangeChannels', changes, at })
      .then(
        ...changes.map(({ channel, settings }) => ({
          type: 'ChannelSettingsChanged' as const,
          data: { channel, settings, at },
        })),
      );
    given(...past)
      .when({ ...change('cod', 'TOC'), at })
      .thenRejected('ChannelNameTaken');
  });

  it('hold before their date too where they are the first', () => {
    const untilFebruary = settings({ names: ['cod'] });
    given(registered, channelAdded('cod', { from: march }), channelAdded('other', { names: ['A'] }), {
      type: 'ChannelSettingsChanged',
      data: { channel: 'other', settings: settings({ from: later, names: ['A'] }), at },
    })
      .when({ type: 'ChangeChannelSettings', channel: 'other', settings: untilFebruary, at })
      .thenRejected('ChannelNameTaken');
  });

  it('may be withdrawn, but not the last ones, nor so that a name means two channels', () => {
    const withdraw = { type: 'WithdrawChannelSettings', channel: 'cod', reason: 'typed wrong', at } as const;
    given(registered, channelAdded('cod'), changed)
      .when({ ...withdraw, from: march })
      .then({ type: 'ChannelSettingsWithdrawn', data: { channel: 'cod', from: march, reason: 'typed wrong', at } });
    given(registered, channelAdded('cod'))
      .when({ ...withdraw, from: march })
      .thenNothing();
    given(registered, channelAdded('cod'))
      .when({ ...withdraw, from: null })
      .thenRejected('LastSettings');
    const takesOver = settings({ from: march, names: ['COD'] });
    given(registered, channelAdded('cod'), changed, channelAdded('toc', { names: ['TOC'] }, 'TOC'), {
      type: 'ChannelSettingsChanged',
      data: { channel: 'toc', settings: takesOver, at },
    })
      .when({ ...withdraw, from: march })
      .thenRejected('ChannelNameTaken');
  });

  it('belong to a channel that is there', () => {
    given(registered)
      .when({ type: 'ChangeChannelSettings', channel: 'cod', settings: renamed, at })
      .thenRejected('ChannelUnknown');
  });
});
