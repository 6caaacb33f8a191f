import { Fault } from '@quantrac/event-sourcing';
import { type Channel, channelOf } from './channels.ts';
import { endOf, type Instant, type Interval, overlap, shownInterval, startOf } from './interval.ts';
import { isSame } from './same.ts';

/** An analyser while it measures one channel. */
export interface Instrument extends Interval {
  readonly instrument: string;
  readonly channel: string;
  readonly brand?: string;
  readonly model?: string;
  readonly serial?: string;
}

type Installed = Omit<Instrument, 'to'>;

/** Stored for ever: names and shapes are the storage format. */
export type InstrumentEvent =
  | { readonly type: 'InstrumentInstalled'; readonly data: Installed & { readonly at: Instant } }
  /** What was said of it at first was wrong. */
  | { readonly type: 'InstrumentCorrected'; readonly data: Installed & { readonly at: Instant } }
  | {
      readonly type: 'InstrumentRemoved';
      readonly data: { readonly instrument: string; readonly to: Instant; readonly at: Instant };
    };

export type InstrumentCommand =
  /** The same id again corrects what was said of it. */
  | {
      readonly type: 'InstallInstrument';
      readonly instrument: string;
      readonly channel: string;
      readonly from: Instant | null;
      readonly brand?: string | undefined;
      readonly model?: string | undefined;
      readonly serial?: string | undefined;
    }
  | { readonly type: 'RemoveInstrument'; readonly instrument: string; readonly to: Instant };

export interface HasInstruments {
  readonly channels: readonly Channel[];
  readonly instruments: readonly Instrument[];
}

export const decideInstrument = (
  command: InstrumentCommand,
  station: HasInstruments,
  at: Instant,
): readonly InstrumentEvent[] =>
  command.type === 'InstallInstrument' ? install(command, station, at) : remove(command, station, at);

export const evolveInstruments = (
  instruments: readonly Instrument[],
  event: InstrumentEvent,
): readonly Instrument[] => {
  switch (event.type) {
    case 'InstrumentInstalled': {
      const { at: _, ...installed } = event.data;
      return [...instruments, { ...installed, to: null }];
    }
    case 'InstrumentCorrected': {
      const { at: _, ...corrected } = event.data;
      return instruments.map((each) =>
        each.instrument === corrected.instrument ? { ...corrected, to: each.to } : each,
      );
    }
    case 'InstrumentRemoved':
      return instruments.map((each) =>
        each.instrument === event.data.instrument ? { ...each, to: event.data.to } : each,
      );
  }
};

const install = (
  {
    type: _,
    instrument,
    channel,
    from,
    brand,
    model,
    serial,
  }: Extract<InstrumentCommand, { type: 'InstallInstrument' }>,
  { channels, instruments }: HasInstruments,
  at: Instant,
): readonly InstrumentEvent[] => {
  channelOf(channels, channel);
  const installed: Installed = {
    instrument,
    channel,
    from,
    ...(brand !== undefined && { brand }),
    ...(model !== undefined && { model }),
    ...(serial !== undefined && { serial }),
  };
  const known = instruments.find((each) => each.instrument === instrument);
  if (known && known.channel !== channel)
    throw Fault.rejected('InstrumentElsewhere', `${instrument} measures ${known.channel}: give this one another id`);
  const now = { ...installed, to: known?.to ?? null };
  if (isSame(known, now)) return [];
  refuseBackwards(now);
  refuseTwoAtOnce(now, instruments);
  return [{ type: known ? 'InstrumentCorrected' : 'InstrumentInstalled', data: { ...installed, at } }];
};

const remove = (
  { instrument, to }: Extract<InstrumentCommand, { type: 'RemoveInstrument' }>,
  { instruments }: HasInstruments,
  at: Instant,
): readonly InstrumentEvent[] => {
  const known = instruments.find((each) => each.instrument === instrument);
  if (known === undefined)
    throw Fault.notFound('InstrumentUnknown', `the station has no instrument ${instrument}: install it first`);
  if (known.to === to) return [];
  refuseBackwards({ ...known, to });
  refuseTwoAtOnce({ ...known, to }, instruments);
  return [{ type: 'InstrumentRemoved', data: { instrument, to, at } }];
};

const refuseBackwards = (instrument: Instrument): void => {
  if (startOf(instrument) >= endOf(instrument))
    throw Fault.invalid(
      'InstrumentBackwards',
      `${instrument.instrument} would be removed before it is installed (${shownInterval(instrument)}): correct the date`,
    );
};

const refuseTwoAtOnce = (instrument: Instrument, instruments: readonly Instrument[]): void => {
  const other = instruments.find(
    (each) =>
      each.instrument !== instrument.instrument && each.channel === instrument.channel && overlap(each, instrument),
  );
  if (other)
    throw Fault.rejected(
      'ChannelHasInstrument',
      `${other.instrument} measures ${instrument.channel} ${shownInterval(other)}: remove it first`,
    );
};
