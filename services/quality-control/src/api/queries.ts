import { qualityControlQueries as schemas } from '@quantrac/contracts/queries/quality-control';
import { Fault } from '@quantrac/event-sourcing';
import { type QueryHandler, query } from '@quantrac/service';
import type { TimeSeries } from '@quantrac/time-series';
import { aggregates } from '../read-models/aggregates.ts';
import { newestCounts } from '../read-models/newest.ts';
import { openHours } from '../read-models/open-hours.ts';
import { readings, waitsForReview } from '../read-models/readings.ts';
import { rulesOfStation } from '../read-models/rules-of-station.ts';

/** `percent`: below this data capture a mean has no value. */
export const qualityControlQueries = (series: TimeSeries, percent: number): Readonly<Record<string, QueryHandler>> => ({
  readings: query(schemas.readings.args, (asked) => readings(series, asked)),
  counts: query(schemas.counts.args, () => newestCounts(series)),
  reviewQueue: query(schemas.reviewQueue.args, (asked) => readings(series, asked, waitsForReview)),
  aggregates: query(schemas.aggregates.args, async ({ channel, ...asked }) => {
    const { station, from, to, limit, length = '1h', versions, knownAt } = asked;
    const record = await rulesOfStation(series, station);
    if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is known here: register it first`);
    const channels = channel === undefined ? record.channels.map((each) => each.channel) : [channel];
    const told = await aggregates(series, channels, asked);
    const addsOpen = asked.provisional && length === '1h' && versions === 'current' && knownAt === undefined;
    if (!addsOpen || told.length === limit) return told;
    const open = await openHours(series, record, { channels, from, to, percent, told });
    return [...told, ...open].slice(0, limit);
  }),
});
