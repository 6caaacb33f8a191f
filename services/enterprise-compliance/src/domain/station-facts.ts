import type { Medium } from '@quantrac/regulations';
import type { Schedule } from './schedule.ts';

/** A station's record as far as its days depend on it. */
export interface StationFacts {
  readonly kind: Medium;
  readonly channels: readonly {
    readonly channel: string;
    readonly parameter: string;
    readonly point: string | null;
    readonly schedules: readonly Schedule[];
  }[];
}

export const schedulesOf = ({ channels }: StationFacts, channel: string): readonly Schedule[] =>
  channels.find((one) => one.channel === channel)?.schedules ?? [];

/** The channel whose hourly means weight a day: what leaves the facility. The first by id, if there are several. */
export const outletFlowOf = ({ channels }: StationFacts): string | null =>
  channels
    .filter(({ parameter, point }) => parameter === 'Flow' && point === 'outlet')
    .map(({ channel }) => channel)
    .sort()[0] ?? null;
