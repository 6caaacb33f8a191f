import { topics } from '@quantrac/contracts';
import { KNOWN_AT, type Written } from './topic-owner.ts';

const MINUTE_MS = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const provenance = { knownAt: iso(KNOWN_AT), cause: 'receipt:n1/1', root: 'receipt:n1/1' };

/** Sets of a station, five minutes apart; about 1.5 kB each. */
export const sets = (
  station: string,
  count: number,
  { from = 0, version = 1, value = '7.25' } = {},
): readonly Written[] =>
  Array.from({ length: count }, (_, n) => ({
    topic: topics.observationsChecked,
    key: station,
    type: 'ObservationSetChecked',
    data: {
      station,
      time: iso(KNOWN_AT + (from + n) * 5 * MINUTE_MS),
      version,
      received: 1,
      rules: '1',
      ...provenance,
      readings: ['pH', 'COD', 'TSS', 'NH4', 'Temp', 'Flow'].map((channel, index) => ({
        channel,
        value,
        unit: 'mg/L',
        status: '00',
        revision: 1,
        used: `${n % 10}.${index}`,
        flags: '111211',
        flag: 1,
        counts: true,
      })),
    },
  }));

export const station = (id: string, version = 1): Written => ({
  topic: topics.stations,
  key: id,
  type: 'StationRecorded',
  data: { station: id, version, name: `Trạm ${id}`, knownAt: iso(KNOWN_AT) },
});

export const mean = (id: string, hour: number, version = 1, value = '7.2'): Written => ({
  topic: topics.aggregates,
  key: id,
  type: 'AggregateComputed',
  data: {
    lane: 'official',
    station: id,
    channel: 'COD',
    statistic: 'mean',
    length: '1h',
    end: iso(Date.UTC(2026, 0, 15, hour)),
    version,
    value,
    ...provenance,
  },
});

export const episode = (id: string, version = 1): Written => ({
  topic: topics.episodes,
  key: id,
  type: 'EpisodeRecorded',
  data: {
    episode: `${id}/COD/exceedance/1h/1`,
    station: id,
    version,
    state: 'open',
    start: iso(KNOWN_AT),
    end: null,
    ...provenance,
  },
});

export const complianceDay = (id: string): Written => ({
  topic: topics.compliance,
  key: id,
  type: 'ComplianceDayEvaluated',
  data: { station: id, channel: 'COD', limit: '24h', day: '2026-01-15', version: 1, verdict: 'within', ...provenance },
});

/** What the policy does not forward. */
export const advance = (id: string): Written => ({
  topic: topics.observationsChecked,
  key: id,
  type: 'IntakeAdvanced',
  data: { station: id, upTo: iso(KNOWN_AT), knownAt: iso(KNOWN_AT) },
});
