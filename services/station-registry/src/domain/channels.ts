import { Fault } from '@quantrac/event-sourcing';
import {
  type ChannelSettings,
  isSameSymbol,
  normalSettings,
  type StationKind,
  settingsFaults,
} from './channel-settings.ts';
import { type Instant, type Interval, overlap, placed } from './interval.ts';
import { isSame } from './same.ts';

/** Stored for ever: names and shapes are the storage format. */
export type ChannelEvent =
  | {
      readonly type: 'ChannelAdded';
      readonly data: {
        readonly channel: string;
        readonly parameter: string;
        readonly point?: string;
        readonly settings: ChannelSettings;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'ChannelSettingsChanged';
      readonly data: { readonly channel: string; readonly settings: ChannelSettings; readonly at: Instant };
    }
  | {
      readonly type: 'ChannelSettingsWithdrawn';
      readonly data: {
        readonly channel: string;
        readonly from: Instant | null;
        readonly reason: string;
        readonly at: Instant;
      };
    };

export type ChannelChange =
  | {
      readonly type: 'AddChannel';
      readonly channel: string;
      readonly parameter: string;
      readonly point?: string | undefined;
      readonly settings: ChannelSettings;
    }
  | { readonly type: 'ChangeChannelSettings'; readonly channel: string; readonly settings: ChannelSettings }
  | {
      readonly type: 'WithdrawChannelSettings';
      readonly channel: string;
      readonly from: Instant | null;
      readonly reason: string;
    };

export type ChannelCommand =
  | ChannelChange
  /** Several at once: names are judged after all of them, so that two channels may exchange theirs. */
  | { readonly type: 'ChangeChannels'; readonly changes: readonly ChannelChange[] };

/** One series of a station: a parameter at a point. Its settings are sorted by their dates. */
export interface Channel {
  readonly channel: string;
  readonly parameter: string;
  readonly point?: string;
  readonly settings: readonly ChannelSettings[];
}

export interface HasChannels {
  readonly kind: StationKind;
  readonly channels: readonly Channel[];
}

export const decideChannel = (command: ChannelCommand, station: HasChannels, at: Instant): readonly ChannelEvent[] => {
  const changes = command.type === 'ChangeChannels' ? command.changes : [command];
  const events: ChannelEvent[] = [];
  let channels = station.channels;
  for (const change of changes) {
    const decided = decideUnshared(change, { ...station, channels }, at);
    channels = decided.reduce(evolveChannels, channels);
    events.push(...decided);
  }
  const [shared] = events.length > 0 ? sharedNames(channels) : [];
  if (shared) throw Fault.rejected('ChannelNameTaken', shared.message);
  return events;
};

/** As `decideChannel`, without a look at the names of other channels. */
export const decideUnshared = (change: ChannelChange, station: HasChannels, at: Instant): readonly ChannelEvent[] => {
  switch (change.type) {
    case 'AddChannel':
      return add(change, station, at);
    case 'ChangeChannelSettings':
      return changeSettings(change, station, at);
    case 'WithdrawChannelSettings':
      return withdraw(change, station, at);
  }
};

export const evolveChannels = (channels: readonly Channel[], event: ChannelEvent): readonly Channel[] => {
  switch (event.type) {
    case 'ChannelAdded': {
      const { at: _, settings, ...channel } = event.data;
      return [...channels, { ...channel, settings: [settings] }];
    }
    case 'ChannelSettingsChanged':
      return withSettings(channels, event.data.channel, (settings) => placed(settings, event.data.settings));
    case 'ChannelSettingsWithdrawn':
      return withSettings(channels, event.data.channel, (settings) =>
        settings.filter(({ from }) => from !== event.data.from),
      );
  }
};

/** Throws the Fault `ChannelUnknown`. */
export const channelOf = (channels: readonly Channel[], id: string): Channel => {
  const found = channels.find(({ channel }) => channel === id);
  if (found) return found;
  const known = channels.map(({ channel }) => channel).join(', ') || 'none';
  throw Fault.notFound('ChannelUnknown', `the station has no channel ${id} (it has: ${known}): add it first`);
};

const add = (
  { channel, parameter, point, settings: given }: Extract<ChannelChange, { type: 'AddChannel' }>,
  { kind, channels }: HasChannels,
  at: Instant,
): readonly ChannelEvent[] => {
  const settings = normalSettings(given);
  const identity = { channel, parameter, ...(point !== undefined && { point }) };
  const known = channels.find((each) => each.channel === channel);
  if (known && isSame(known, { ...identity, settings: [settings] })) return [];
  if (known)
    throw Fault.rejected(
      'ChannelExists',
      `the station has a channel ${channel}: change its settings, or add another id`,
    );
  refuseFaults(kind, parameter, settings);
  return [{ type: 'ChannelAdded', data: { ...identity, settings, at } }];
};

const changeSettings = (
  { channel: id, settings: given }: Extract<ChannelChange, { type: 'ChangeChannelSettings' }>,
  { kind, channels }: HasChannels,
  at: Instant,
): readonly ChannelEvent[] => {
  const { parameter, settings: before } = channelOf(channels, id);
  const settings = normalSettings(given);
  if (before.some((each) => isSame(each, settings))) return [];
  refuseFaults(kind, parameter, settings);
  return [{ type: 'ChannelSettingsChanged', data: { channel: id, settings, at } }];
};

const withdraw = (
  { channel: id, from, reason }: Extract<ChannelChange, { type: 'WithdrawChannelSettings' }>,
  { channels }: HasChannels,
  at: Instant,
): readonly ChannelEvent[] => {
  const { settings } = channelOf(channels, id);
  if (!settings.some((each) => each.from === from)) return [];
  if (settings.length === 1)
    throw Fault.rejected('LastSettings', `channel ${id} has no other settings: change these instead`);
  return [{ type: 'ChannelSettingsWithdrawn', data: { channel: id, from, reason, at } }];
};

const withSettings = (
  channels: readonly Channel[],
  id: string,
  next: (settings: readonly ChannelSettings[]) => readonly ChannelSettings[],
): readonly Channel[] =>
  channels.map((each) => (each.channel === id ? { ...each, settings: next(each.settings) } : each));

const refuseFaults = (kind: StationKind, parameter: string, settings: ChannelSettings): void => {
  const [fault] = settingsFaults({ kind, parameter }, settings);
  if (fault) throw Fault.invalid(fault.code, fault.message);
};

export interface SharedName {
  /** The one that came later. */
  readonly channel: string;
  readonly message: string;
}

/** Names that mean two channels at the same time; at most one of any two channels. */
export const sharedNames = (channels: readonly Channel[]): readonly SharedName[] =>
  channels.flatMap((later, at) =>
    channels.slice(0, at).flatMap((earlier) => {
      const theirs = namedTimes(earlier);
      const shared = namedTimes(later).find((ours) =>
        theirs.some((each) => isSameSymbol(each.name, ours.name) && overlap(each, ours)),
      );
      const advice = 'give one of them another name from a date on';
      const message = `the name ${shared?.name} means ${earlier.channel} and ${later.channel} at the same time: ${advice}`;
      return shared ? [{ channel: later.channel, message }] : [];
    }),
  );

/** When each name of a channel holds; the first settings hold before their date too. */
const namedTimes = ({ settings }: Channel): readonly (Interval & { readonly name: string })[] =>
  settings.flatMap(({ names, from }, at) => {
    const during: Interval = { from: at === 0 ? null : from, to: settings[at + 1]?.from ?? null };
    return names.map((name) => ({ ...during, name }));
  });
