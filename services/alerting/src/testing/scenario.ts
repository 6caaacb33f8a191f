import {
  type AggregateComputed,
  type CheckedReading,
  type ComplianceDayEvaluated,
  type EpisodeRecorded,
  type LimitInForce,
  type ObservationSetChecked,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import { dayBounds, toInstant } from '@quantrac/regulations';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import { alertingSettings } from '../config.ts';
import { EPISODES } from '../processors/episode-rows.ts';
import type { Memory } from '../processors/episode-state.ts';
import type { EpisodeSettings } from '../processors/episode-work.ts';
import { episodesProcessor } from '../processors/episodes.ts';

/** The station of these tests; all times are UTC, on 15 January 2026 unless a day is named: `08:05`, `16 08:05`. */
export const STATION_ID = 'st1';

const MINUTE_MS = 60_000;

export function at(text: string): number {
  const [day, time] = text.includes(' ') ? text.split(' ') : ['15', text];
  return Date.parse(`2026-01-${day}T${time}:00.000Z`);
}

export const iso = (text: string): string => toInstant(at(text));

export interface StationTerms {
  readonly version?: number;
  readonly channels?: readonly string[];
  readonly intervalMs?: number;
  readonly deliveryMs?: number;
  readonly lifecycle?: StationRecorded['lifecycle'];
  readonly lifecycles?: StationRecorded['lifecycles'];
  /** `from`, `to`, and the channels where it is not the whole station. */
  readonly declared?: readonly { readonly from: number; readonly to: number; readonly channels?: string[] }[];
}

export function stationRecord(terms: StationTerms = {}): Fed {
  const { version = 1, channels = ['cod', 'ph'], lifecycle = 'operating', declared = [] } = terms;
  const { intervalMs = 5 * MINUTE_MS, deliveryMs = 5 * MINUTE_MS } = terms;
  const data = {
    station: STATION_ID,
    version,
    lifecycle,
    ...(terms.lifecycles && { lifecycles: terms.lifecycles }),
    channels: channels.map((channel) => ({
      channel,
      parameter: channel.toUpperCase(),
      settings: [
        { from: null, names: [channel], unit: 'mg/L', stamp: 'end', statistic: 'mean', intervalMs, deliveryMs },
      ],
    })),
    declaredPeriods: declared.map(({ from, to, channels: only }, index) => ({
      period: `p${index}`,
      kind: 'maintenance',
      from: toInstant(from),
      to: toInstant(to),
      ...(only && { channels: only }),
      by: 'someone',
      accepted: true,
      expected: false,
      reason: '',
    })),
  };
  return { topic: topics.stations, key: STATION_ID, type: 'StationRecorded', data };
}

export const limit = (terms: Partial<LimitInForce> & Pick<LimitInForce, 'channel' | 'basis'>): LimitInForce => ({
  limit: terms.basis,
  station: STATION_ID,
  parameter: terms.channel.toUpperCase(),
  unit: 'mg/L',
  lower: null,
  upper: null,
  from: '2026-01-01',
  to: null,
  standard: 'QCVN 40:2011/BTNMT',
  column: 'A',
  factors: {},
  permit: null,
  earlyWarning: null,
  unconfirmed: false,
  ...terms,
});

export const limitsRecord = (limits: readonly LimitInForce[], version = 1): Fed => ({
  topic: topics.limits,
  key: STATION_ID,
  type: 'LimitsRecorded',
  data: { station: STATION_ID, facility: null, version, limits, knownAt: iso('00:00'), cause: 'permit:1' },
});

/** A value that counts; `fail`, `01`, `02`, `missing`, `rejected`. */
export type Sent = string;

const special: Readonly<Record<string, Partial<CheckedReading>>> = {
  fail: { flag: 4, counts: false, notCounted: 'failed' },
  '01': { status: '01', flag: 3, counts: false, notCounted: 'calibration' },
  '02': { status: '02', flag: 4, counts: false, notCounted: 'device-error' },
  missing: { value: null, used: null, flag: 9, counts: false, notCounted: 'missing' },
  rejected: { flag: 1, counts: false, notCounted: 'rejected' },
};

export function setRecord(time: number, sent: Readonly<Record<string, Sent>>, version = 1, knownAt = time): Fed {
  const readings = Object.entries(sent).map(([channel, what]) => ({
    channel,
    value: special[what] ? '1' : what,
    unit: 'mg/L',
    status: '00',
    revision: 1,
    used: special[what] ? '1' : what,
    flags: '111111',
    flag: 1,
    counts: true,
    ...special[what],
  }));
  const data = {
    station: STATION_ID,
    time: toInstant(time),
    version,
    received: 1,
    rules: '1',
    knownAt: toInstant(knownAt),
    cause: `receipt:n1/${time}`,
    root: `receipt:n1/${time}`,
    readings,
  } as ObservationSetChecked;
  return { topic: topics.observationsChecked, key: STATION_ID, type: 'ObservationSetChecked', knownAt, data };
}

export interface MeanTerms {
  readonly channel: string;
  readonly length?: AggregateComputed['length'];
  readonly end: number;
  readonly value: string | null;
  readonly version?: number;
  readonly state?: AggregateComputed['state'];
  readonly knownAt?: number;
}

export function meanRecord(terms: MeanTerms): Fed {
  const { channel, length = '1h', end, value, version = 1, state = 'closed', knownAt = end } = terms;
  const data: AggregateComputed = {
    lane: 'official',
    station: STATION_ID,
    channel,
    parameter: channel.toUpperCase(),
    statistic: 'mean',
    length,
    end: toInstant(end),
    version,
    value,
    sum: value,
    unit: 'mg/L',
    expected: 12,
    received: 12,
    valid: 12,
    dataCapture: '1.000',
    state,
    basis: '',
    rules: '1',
    knownAt: toInstant(knownAt),
    cause: `receipt:n1/${end}`,
    root: `receipt:n1/${end}`,
  };
  return { topic: topics.aggregates, key: STATION_ID, type: 'AggregateComputed', knownAt, data };
}

export interface DayTerms {
  readonly channel: string;
  /** `2026-01-15` */
  readonly day: string;
  readonly value: string | null;
  readonly version?: number;
  readonly knownAt?: number;
}

/** The daily value that compliance makes of a channel with a permit. */
export function dayRecord({ channel, day, value, version = 1, knownAt }: DayTerms): Fed {
  const known = knownAt ?? dayBounds(day).upTo;
  const data: ComplianceDayEvaluated = {
    lane: 'official',
    facility: 'f1',
    station: STATION_ID,
    channel,
    parameter: channel.toUpperCase(),
    limit: '24h',
    day,
    version,
    method: 'mean-of-readings',
    value,
    unit: 'mg/L',
    lower: null,
    upper: null,
    verdict: value === null ? 'no-verdict' : 'within',
    byDesign: 288,
    received: 288,
    inError: 0,
    state: version === 1 ? 'closed' : 'amended',
    unconfirmed: false,
    basis: '',
    knownAt: toInstant(known),
    cause: `receipt:n1/${known}`,
    root: `receipt:n1/${known}`,
  };
  return { topic: topics.compliance, key: STATION_ID, type: 'ComplianceDayEvaluated', knownAt: known, data };
}

/** As in life: the intake has come as far as delivery and grace lie back. */
export const advanceRecord = (upTo: number, openSince = at('00:00'), lagMs = 10 * MINUTE_MS): Fed => ({
  topic: topics.observationsChecked,
  key: STATION_ID,
  type: 'IntakeAdvanced',
  knownAt: upTo + lagMs,
  data: {
    station: STATION_ID,
    stationVersion: 1,
    upTo: toInstant(upTo),
    knownAt: toInstant(upTo + lagMs),
    expected: 0,
    missing: 0,
    lastReceived: null,
    openSince: toInstant(openSince),
  },
});

export const usualSettings: EpisodeSettings = alertingSettings.parse({});

/** Feeds records to the episodes of one station and tells what it knows of them. */
export function scenario(
  records: readonly Fed[] = [],
  options: { settings?: Partial<EpisodeSettings>; memory?: Memory; isDelayed?: boolean } = {},
) {
  const driven = driveProcessor(episodesProcessor({ ...usualSettings, ...options.settings }, options.memory));
  const asked: Fed[] = [];
  let decisions = 0;
  const takeOne = (record: Fed) => {
    decisions++;
    for (const output of driven.take(record))
      if (output.kind === 'row' && output.topic === topics.rederivations)
        asked.push({
          topic: output.topic,
          key: STATION_ID,
          type: output.type,
          knownAt: output.knownAt,
          data: output.data,
        });
  };
  const takeAsked = () => {
    while (asked.length > 0) takeOne(asked.shift()!);
  };
  const take = (...more: readonly Fed[]) => {
    for (const record of more) {
      takeOne(record);
      if (!options.isDelayed) takeAsked();
    }
    takeAsked();
  };
  const all = () => driven.rows<EpisodeRecorded>(EPISODES, STATION_ID).map(({ data }) => data);
  take(...records);
  return {
    take,
    /** How many records were decided about, its own ones too. */
    decisions: () => decisions,
    /** Current versions, ascending by opening, withdrawn ones too. */
    all,
    current: () => all().filter(({ state }) => state !== 'withdrawn'),
    of: (rule: EpisodeRecorded['rule']) =>
      all().filter((episode) => episode.rule === rule && episode.state !== 'withdrawn'),
    versions: () => driven.versions<EpisodeRecorded>(EPISODES, STATION_ID).map(({ data }) => data),
    documents: () => driven.documents<EpisodeRecorded>('episodes'),
    state: () => driven.state(STATION_ID),
  };
}

/** `08:00-10:00`, an open one `08:00-`. */
export const spanOf = ({ start, end }: Pick<EpisodeRecorded, 'start' | 'end'>): string =>
  `${start.slice(11, 16)}-${end === null ? '' : end.slice(11, 16)}`;
