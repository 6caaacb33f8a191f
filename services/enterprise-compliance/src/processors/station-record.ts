import type { StationRecorded } from '@quantrac/contracts';
import { type Day, dayOf, fromInstant } from '@quantrac/regulations';
import type { KeptIn } from '../domain/bounds.ts';
import type { MeasuredStation } from '../domain/demand.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { StationFacts } from '../domain/station-facts.ts';

/** A station's record as far as limits depend on it: new names, instruments or thresholds change nothing here. */
export const measuredStation = ({ station, kind, channels }: StationRecorded): MeasuredStation => ({
  station,
  kind,
  channels: channels.map(({ channel, parameter, settings }) => ({
    channel,
    parameter,
    keptIn: withoutRepeats(
      settings.map(({ from, unit, basis }) => ({
        from: from === null ? null : dayOfChange(from),
        unit,
        ...(basis !== undefined && { basis }),
      })),
    ),
  })),
});

/** What holds from a moment of a day on holds on that day; midnight belongs to the day that it begins. */
const dayOfChange = (instant: string): Day => dayOf(fromInstant(instant)!, { stamp: 'start' });

/** A station's record as far as its days depend on it. */
export const factsOf = ({ kind, channels }: StationRecorded): StationFacts => ({
  kind,
  channels: channels.map(({ channel, parameter, point, settings }) => ({
    channel,
    parameter,
    point: point ?? null,
    schedules: withoutRepeats(
      settings.map(
        ({ from, intervalMs, stamp }): Schedule => ({
          from: from === null ? null : fromInstant(from)!,
          intervalMs,
          stamp,
        }),
      ),
    ),
  })),
});

/** Leaves out what is dated anew without being other than before. */
const withoutRepeats = <Dated extends (KeptIn | Schedule) & { readonly from: unknown }>(
  dated: readonly Dated[],
): Dated[] => dated.filter((one, index) => index === 0 || !sameButDate(one, dated[index - 1]!));

const sameButDate = (a: object, b: object): boolean =>
  JSON.stringify({ ...a, from: null }) === JSON.stringify({ ...b, from: null });
