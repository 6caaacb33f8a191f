export { type AggregateComputed, aggregateComputed } from './aggregates.ts';
export {
  type Envelope,
  envelopeOf,
  idOf,
  justBefore,
  type LogEntry,
  sequenceOf,
  sourceOf,
  toEntry,
  toStructured,
} from './cloud-event.ts';
export {
  type ComplianceDayEvaluated,
  complianceDayEvaluated,
  type JudgingAsked,
  judgingAsked,
  type LimitInForce,
  type LimitsRecorded,
  limitInForce,
  limitsRecorded,
} from './compliance.ts';
export {
  type EpisodeRecorded,
  episodeRecorded,
  episodeRule,
  type IncidentRecorded,
  incidentRecorded,
  type RederivationAsked,
  rederivationAsked,
} from './episodes.ts';
export {
  type CheckedReading,
  checkedReading,
  type FileHeld,
  fileHeld,
  type IntakeAdvanced,
  intakeAdvanced,
  type ObservationSetChecked,
  type ObservationSetReceived,
  observationSetChecked,
  observationSetReceived,
  type ReceivedReading,
  type ReviewRecorded,
  receivedReading,
  reviewRecorded,
} from './observations.ts';
export { type RecordReplayed, recordReplayed } from './rejected.ts';
export { type DirectiveIssued, directiveIssued, type ReplicationAdvanced, replicationAdvanced } from './replication.ts';
export {
  type Channel,
  type ChannelSettings,
  type ClockCorrection,
  channel,
  channelSettings,
  type DeclaredPeriod,
  declaredPeriod,
  instrument,
  lifecycle,
  qualityRules,
  type StationRecorded,
  settingsAt,
  stationKind,
  stationRecorded,
} from './stations.ts';
export { type TestFlags, type TestName, testFlag, testFlags, testNames } from './test-flags.ts';
export { groupOfRejected, rejectedTopic, replayedTopic, type TopicDeclaration, topicNamed, topics } from './topics.ts';
export { type Actor, actor, cause, day, decimal, flag, id, instant, provenance } from './values.ts';
