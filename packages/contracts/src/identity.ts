import { Fault } from '@quantrac/event-sourcing';
import { dayBounds, fromInstant, isDay } from '@quantrac/regulations';
import { type TopicDeclaration, topics } from './topics.ts';

/** What a record is a version of, beside its key. */
export interface Identity {
  readonly series: string;
  /** ms since 1970, UTC; 0: it belongs to no time. */
  readonly time: number;
  readonly version: number;
}

interface RecordKind {
  /** The topic that a node forwards it from. */
  readonly topic: TopicDeclaration;
  readonly identity: (record: Fields) => Identity;
}

type Fields = Readonly<Record<string, unknown>>;

const instantOf = (record: Fields, field: string): number =>
  fromInstant(textOf(record, field)) ?? unreadable(field, 'an instant');

const dayEndOf = (record: Fields, field: string): number => {
  const day = textOf(record, field);
  return isDay(day) ? dayBounds(day).upTo : unreadable(field, 'a day');
};

const textOf = (record: Fields, field: string): string => {
  const value = record[field];
  return typeof value === 'string' && value !== '' ? value : unreadable(field, 'a text');
};

const versionOf = (record: Fields, field = 'version'): number => {
  const value = record[field];
  return Number.isSafeInteger(value) && (value as number) >= 1 ? (value as number) : unreadable(field, 'a version');
};

function unreadable(field: string, wanted: string): never {
  throw Fault.invalid('RecordUnreadable', `the record has no ${field} that is ${wanted}`);
}

/** A state as a whole: only its newest version counts, whatever the time. */
const state =
  (series: (record: Fields) => string) =>
  (record: Fields): Identity => ({ series: series(record), time: 0, version: versionOf(record) });

const kinds: Readonly<Record<string, RecordKind>> = {
  StationRecorded: { topic: topics.stations, identity: state(() => 'record') },
  ObservationSetReceived: {
    topic: topics.observationsReceived,
    identity: (set) => ({ series: 'set', time: instantOf(set, 'time'), version: versionOf(set, 'revision') }),
  },
  FileHeld: { topic: topics.intakeHeld, identity: state((file) => textOf(file, 'held')) },
  ObservationSetChecked: {
    topic: topics.observationsChecked,
    identity: (set) => ({ series: 'set', time: instantOf(set, 'time'), version: versionOf(set) }),
  },
  IntakeAdvanced: {
    topic: topics.observationsChecked,
    identity: (advance) => ({
      series: 'advance',
      time: instantOf(advance, 'upTo'),
      version: instantOf(advance, 'knownAt'),
    }),
  },
  AggregateComputed: {
    topic: topics.aggregates,
    identity: (value) => ({
      series: `${textOf(value, 'channel')}/${textOf(value, 'statistic')}/${textOf(value, 'length')}`,
      time: instantOf(value, 'end'),
      version: versionOf(value),
    }),
  },
  ReviewRecorded: { topic: topics.reviews, identity: state((review) => textOf(review, 'review')) },
  LimitsRecorded: { topic: topics.limits, identity: state(() => 'limits') },
  ComplianceDayEvaluated: {
    topic: topics.compliance,
    identity: (verdict) => ({
      series: `${textOf(verdict, 'channel')}/${textOf(verdict, 'limit')}`,
      time: dayEndOf(verdict, 'day'),
      version: versionOf(verdict),
    }),
  },
  EpisodeRecorded: { topic: topics.episodes, identity: state((episode) => textOf(episode, 'episode')) },
  IncidentRecorded: { topic: topics.incidents, identity: state((incident) => textOf(incident, 'incident')) },
};

/** The topic that records of a type are forwarded from; undefined: the type is not known here. */
export const topicOfType = (type: string): TopicDeclaration | undefined => kinds[type]?.topic;

/** By what the sequences of a type rise: its topic; a type that is not known here is taken for a topic of its own. */
export const laneOf = (type: string): string => topicOfType(type)?.name ?? type;

/** Every topic whose records have an identity. */
export const identifiedTopics: readonly TopicDeclaration[] = [
  ...new Set(Object.values(kinds).map(({ topic }) => topic)),
];

/** What a record is a version of (DESIGN 7.1); the type must be known. Throws the Fault `invalid` for a value that does not say it. */
export function identityOf(type: string, data: unknown): Identity {
  const kind = kinds[type];
  if (!kind) throw Fault.invalid('TypeUnknown', `records of type ${type} have no identity here`);
  if (typeof data !== 'object' || data === null) throw Fault.invalid('RecordUnreadable', 'the record is no object');
  return kind.identity(data as Fields);
}
