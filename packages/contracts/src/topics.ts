import type { z } from 'zod';
import { aggregateComputed } from './aggregates.ts';
import { complianceDayEvaluated, judgingAsked, limitsRecorded } from './compliance.ts';
import { episodeRecorded, incidentRecorded, rederivationAsked } from './episodes.ts';
import {
  fileHeld,
  hoursAsked,
  intakeAdvanced,
  observationSetChecked,
  observationSetReceived,
  recheckAsked,
  reviewRecorded,
} from './observations.ts';
import { recordReplayed } from './rejected.ts';
import { directiveIssued, replicationAdvanced } from './replication.ts';
import { stationRecorded } from './stations.ts';

/** One topic, declared here and nowhere else. */
export interface TopicDeclaration {
  readonly name: string;
  readonly producer: string;
  readonly partitions: number;
  readonly retentionDays: number;
  /** A record is the whole state of its key: the newest of each key stays for ever. */
  readonly compacted?: boolean;
  /** What a record's key names. */
  readonly key: 'station' | 'node' | 'facility' | 'incident';
  /** Public topics are a contract with integrators. */
  readonly public: boolean;
  readonly description: string;
  /** By record type, the schema of its value. */
  readonly records: Readonly<Record<string, z.ZodType>>;
}

const topic = (
  name: string,
  producer: string,
  declaration: Pick<TopicDeclaration, 'description' | 'records'> & Partial<TopicDeclaration>,
): TopicDeclaration => ({
  name: `quantrac.${name}.v1`,
  producer,
  partitions: 16,
  retentionDays: 14,
  key: 'station',
  public: true,
  ...declaration,
});

export const topics = {
  stations: topic('stations', 'station-registry', {
    description: 'The whole state of a station at every change.',
    records: { StationRecorded: stationRecorded },
    compacted: true,
  }),
  observationsReceived: topic('observations.received', 'ingestion', {
    description: 'What stations sent, set by set, and how far each station has been received.',
    records: { ObservationSetReceived: observationSetReceived, IntakeAdvanced: intakeAdvanced },
  }),
  intakeHeld: topic('intake.held', 'ingestion', {
    description: 'Files and lines that could not be placed, why, and what became of them.',
    records: { FileHeld: fileHeld },
  }),
  observationsChecked: topic('observations.checked', 'quality-control', {
    description:
      'Every set with the outcome of each test, what counts and the reviews; how far each station has been checked.',
    records: { ObservationSetChecked: observationSetChecked, IntakeAdvanced: intakeAdvanced },
  }),
  aggregates: topic('aggregates', 'quality-control', {
    description: 'Means with their data capture.',
    records: { AggregateComputed: aggregateComputed },
  }),
  reviews: topic('reviews', 'quality-control', {
    description: 'Judgements of people over readings.',
    records: { ReviewRecorded: reviewRecorded },
  }),
  rechecks: topic('private.rechecks', 'quality-control', {
    description:
      'What is to be checked again after a change of rules or reviews, and hours to be told, a day at a time.',
    records: { RecheckAsked: recheckAsked, HoursAsked: hoursAsked },
    public: false,
  }),
  limits: topic('limits', 'enterprise-compliance', {
    description: 'The limits of a station, dated, factors applied.',
    records: { LimitsRecorded: limitsRecorded },
    compacted: true,
  }),
  compliance: topic('compliance', 'enterprise-compliance', {
    description: 'The daily value of a channel against its limit.',
    records: { ComplianceDayEvaluated: complianceDayEvaluated },
  }),
  judgings: topic('private.judgings', 'enterprise-compliance', {
    description: 'Which settled days are to be judged again after a change of limits or schedule, a month at a time.',
    records: { JudgingAsked: judgingAsked },
    public: false,
  }),
  episodes: topic('episodes', 'alerting', {
    description: 'Early warnings, exceedances, outages and technical faults, as derived from the data.',
    records: { EpisodeRecorded: episodeRecorded },
  }),
  incidents: topic('incidents', 'alerting', {
    description: 'Cases that people handle.',
    records: { IncidentRecorded: incidentRecorded },
    key: 'incident',
  }),
  rederivations: topic('private.rederivations', 'alerting', {
    description: 'What episodes are to be derived from again after a change of rules, a part at a time.',
    records: { RederivationAsked: rederivationAsked },
    public: false,
  }),
  replication: topic('replication', 'ministry-sync', {
    description: 'How far the journal of a node has been appended and acknowledged.',
    records: { ReplicationAdvanced: replicationAdvanced },
    key: 'node',
  }),
  directives: topic('directives', 'ministry-sync', {
    description: 'What the ministry sent down to this node.',
    records: { DirectiveIssued: directiveIssued },
    key: 'node',
  }),
  nationalReplication: topic('national.replication', 'national-aggregation', {
    description: 'What the ministry holds of each node.',
    records: { ReplicationAdvanced: replicationAdvanced },
    key: 'node',
  }),
  nationalIncidents: topic('national.incidents', 'national-aggregation', {
    description: 'Silent nodes and other cases of the national tier.',
    records: { IncidentRecorded: incidentRecorded },
    key: 'node',
  }),
} as const satisfies Record<string, TopicDeclaration>;

/** What a group could not read, with its bytes, position and reason. */
export const rejectedTopic = (group: string, producer: string): TopicDeclaration =>
  topic(`private.rejected.${group}`, producer, {
    description: `What ${group} could not read.`,
    records: {},
    public: false,
  });

export const groupOfRejected = ({ name }: Pick<TopicDeclaration, 'name'>): string =>
  name.replace(/^quantrac\.private\.rejected\./, '').replace(/\.v1$/, '');

/** What a group set aside and is to take again; it alone reads this. */
export const replayedTopic = (group: string, producer: string): TopicDeclaration =>
  topic(`private.replayed.${group}`, producer, {
    description: `What ${group} had set aside and takes again.`,
    records: { RecordReplayed: recordReplayed },
    public: false,
  });

export const topicNamed = (name: string): TopicDeclaration | undefined =>
  Object.values(topics).find((topic) => topic.name === name);
