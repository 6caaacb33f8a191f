import type { StationRecorded } from '@quantrac/contracts';
import type { Period } from './declared-periods.ts';
import type { Station } from './station.ts';

/** The commit that led to a state: the stream's version behind it, and why it was made. */
export interface Because {
  readonly version: number;
  /** `command:<id>` */
  readonly cause: string;
}

/** A station as the topic `stations` tells it: whole, without periods that were rejected or withdrawn. */
export const stationRecord = (station: Station, { version, cause }: Because): StationRecorded => {
  const { facility, position, names, approval } = station;
  return {
    station: station.station,
    version,
    knownAt: station.knownAt,
    cause,
    kind: station.kind,
    name: station.name,
    lifecycle: station.lifecycle,
    lifecycles: [...station.stages],
    ...(facility !== undefined && { facility }),
    node: station.node,
    provinces: [...station.provinces],
    aliases: [...names.aliases],
    prefixes: [...names.prefixes],
    ...(names.folder && { folder: names.folder }),
    accounts: [...station.accounts],
    ...(position && { position }),
    channels: station.channels.map((channel) => ({ ...channel, settings: [...channel.settings] })),
    instruments: [...station.instruments],
    declaredPeriods: station.periods.filter(isTold).map(({ state, ...period }) => ({
      ...period,
      accepted: state === 'accepted',
    })),
    ...(station.clockCorrections.length > 0 && { clockCorrections: [...station.clockCorrections] }),
    approval: { state: approval.state, ...(approval.reason !== undefined && { reason: approval.reason }) },
  };
};

const isTold = ({ state }: Period): boolean => state === 'declared' || state === 'accepted';
