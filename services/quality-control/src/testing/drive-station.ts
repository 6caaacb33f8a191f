import assert from 'node:assert/strict';
import {
  type AggregateComputed,
  type CheckedReading,
  type IntakeAdvanced,
  type ObservationSetChecked,
  type ObservationSetReceived,
  type ReceivedReading,
  type ReviewRecorded,
  type StationRecorded,
  type TestName,
  type TopicDeclaration,
  testFlag,
  topics,
} from '@quantrac/contracts';
import type { Output, RowOutput } from '@quantrac/stream-processing';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import { type Length, meanSeries, SET_SERIES } from '../processors/collections.ts';
import { qualityControl } from '../processors/quality-control.ts';
import { aSet, station } from './builders.ts';

/** One station's quality control in memory; what it asks of itself is taken at once, everything it publishes fits its schema. */
export interface DrivenStation {
  readonly record: (data: StationRecorded) => readonly RowOutput[];
  readonly set: (
    time: number,
    readings: readonly ReceivedReading[],
    changed?: Partial<ObservationSetReceived>,
  ) => readonly RowOutput[];
  readonly advance: (data: IntakeAdvanced) => readonly RowOutput[];
  readonly review: (data: ReviewRecorded) => readonly RowOutput[];
  readonly reading: (time: number, channel?: string) => CheckedReading;
  readonly flag: (time: number, test: TestName, channel?: string) => CheckedReading['flag'];
  readonly setVersions: (time: number) => readonly ObservationSetChecked[];
  readonly sets: () => readonly ObservationSetChecked[];
  readonly mean: (end: number, channel?: string, length?: Length) => AggregateComputed | undefined;
  readonly meanVersions: (end: number, channel?: string, length?: Length) => readonly AggregateComputed[];
  readonly means: () => readonly AggregateComputed[];
  readonly published: () => readonly RowOutput[];
  readonly stateBytes: () => number;
}

export function driveStation(record?: StationRecorded, settings = { dataCapturePercent: 75 }): DrivenStation {
  const driven = driveProcessor(qualityControl(settings));
  const published: RowOutput[] = [];
  const identities = new Set<string>();

  const publish = (row: RowOutput) => {
    const identity = [row.topic?.name ?? row.collection, row.series, row.time, row.version].join(' ');
    assert.ok(!identities.has(identity), `${identity} was put out twice`);
    identities.add(identity);
    if (!row.topic) return;
    const checked = row.topic.records[row.type]!.safeParse(JSON.parse(JSON.stringify(row.data)));
    assert.ok(checked.success, `${identity}: ${checked.error?.message}`);
    published.push(row);
  };
  const take = (fed: Fed): RowOutput[] => {
    const put = driven.take(fed).filter((output: Output) => output.kind === 'row');
    put.forEach(publish);
    const asked = put.filter(({ topic }) => topic === topics.rechecks);
    return [
      ...put,
      ...asked.flatMap((row) => take(recordOf(topics.rechecks, row.type, row.data as { knownAt: string }))),
    ];
  };
  const versions = <Data>(collection: string, series: string, time: number) =>
    driven
      .versions<Data>(collection, station, series)
      .filter((row) => row.time === time)
      .map(({ data }) => data);
  const sets = () =>
    driven.rows<ObservationSetChecked>(topics.observationsChecked.name, station, SET_SERIES).map(({ data }) => data);

  const reading = (time: number, channel = 'cod') => {
    const set = versions<ObservationSetChecked>(topics.observationsChecked.name, SET_SERIES, time).at(-1);
    return set?.readings.find((one) => one.channel === channel) ?? assert.fail(`no ${channel} at ${time}`);
  };

  if (record) take(recordOf(topics.stations, 'StationRecorded', record));
  return {
    record: (data) => take(recordOf(topics.stations, 'StationRecorded', data)),
    set: (time, readings, changed) =>
      take(recordOf(topics.observationsReceived, 'ObservationSetReceived', aSet(time, readings, changed))),
    advance: (data) => take(recordOf(topics.observationsReceived, 'IntakeAdvanced', data)),
    review: (data) => take(recordOf(topics.reviews, 'ReviewRecorded', data)),
    reading,
    flag: (time, test, channel) => testFlag(reading(time, channel).flags, test),
    setVersions: (time) => versions<ObservationSetChecked>(topics.observationsChecked.name, SET_SERIES, time),
    sets,
    mean: (end, channel = 'cod', length = '1h') =>
      versions<AggregateComputed>(topics.aggregates.name, meanSeries(channel, length), end).at(-1),
    meanVersions: (end, channel = 'cod', length = '1h') =>
      versions<AggregateComputed>(topics.aggregates.name, meanSeries(channel, length), end),
    means: () => driven.rows<AggregateComputed>(topics.aggregates.name, station).map(({ data }) => data),
    published: () => published,
    stateBytes: () => JSON.stringify(driven.state(station)).length,
  };
}

const recordOf = (topic: TopicDeclaration, type: string, data: { readonly knownAt: string }): Fed => ({
  topic,
  key: station,
  type,
  knownAt: Date.parse(data.knownAt),
  data,
});
