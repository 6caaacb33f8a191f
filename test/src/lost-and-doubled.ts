import { basename } from 'node:path';
import type { TopicDeclaration } from '@quantrac/contracts';
import {
  type EpisodeRecorded,
  type IncidentRecorded,
  type ObservationSetChecked,
  type ObservationSetReceived,
  topics,
} from '@quantrac/contracts';
import { identifiedTopics, identityOf } from '@quantrac/contracts/identity';
import type { LogRecord } from '@quantrac/event-log';
import { parseFileName } from '@quantrac/ingestion/domain/file-name';
import { parseStationFile } from '@quantrac/ingestion/domain/station-file';
import type { Delivery, StationDescription } from '@quantrac/simulator';
import { isJoined, type Results } from '@quantrac/testing';
import { wronglyTold } from './told-once.ts';

/** What stands in one place more or less often than it was acknowledged. */
export interface Counted {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** By station, time and channel, the value that was acknowledged last. */
export type Acknowledged = ReadonlyMap<string, string | null>;

export interface Registered {
  readonly stations: readonly StationDescription[];
  /** Ids by the codes of the simulation. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Every reading of files that were acknowledged; all their lines can be placed. */
export function readingsOf(files: readonly Delivery[], { stations, ids }: Registered): Acknowledged {
  const described = new Map(stations.map((station) => [station.code, station]));
  const readings = new Map<string, string | null>();
  for (const { stationCode, path, bytes } of files) {
    const { channels } = described.get(stationCode)!;
    const { time: nameTime } = parseFileName(basename(path));
    for (const { symbol, time, value } of parseStationFile(bytes, { nameTime }).lines) {
      const channel = channels.find((one) => one.symbol === symbol)!.code;
      readings.set(placeOf(ids.get(stationCode)!, time!, channel), value === MISSING ? null : value);
    }
  }
  return readings;
}

const MISSING = '-999';
const placeOf = (station: string, time: number, channel: string): string =>
  `${station} ${new Date(time).toISOString()} ${channel}`;

type Set = Pick<ObservationSetReceived | ObservationSetChecked, 'station' | 'time'> & {
  readonly readings: readonly { readonly channel: string; readonly value: string | null }[];
};

/** Each acknowledged reading stands once among current sets, with its last value. */
export function countedIn(place: string, sets: readonly Set[], acknowledged: Acknowledged): Counted {
  const values = new Map<string, (string | null)[]>();
  for (const { station, time, readings } of sets)
    for (const { channel, value } of readings) {
      const name = placeOf(station, Date.parse(time), channel);
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  const found = [...acknowledged].map(([name, value]) => ({ name, value, here: values.get(name) ?? [] }));
  return {
    lost: found.flatMap(({ name, value, here }) =>
      here.includes(value) ? [] : [`${name} = ${value} is not in ${place}, which has ${here.join() || 'nothing'}`],
    ),
    doubled: found.flatMap(({ name, here }) =>
      here.length > 1 ? [`${name} is ${here.length} times in ${place}`] : [],
    ),
  };
}

/** What owners hold and no topic has told is lost; one version under two ids, or one id with two contents, is doubled. */
export function countedInTopics(results: Results, told: ReadonlyMap<string, readonly LogRecord[]>): Counted {
  const lost = identifiedTopics.flatMap(({ name }) => {
    const carried = new Set(told.get(name)!.map(({ headers }) => headers.ce_id));
    return results
      .get(name)!
      .flatMap(({ headers: { ce_id: id } }) => (carried.has(id) ? [] : [`${id} is in no topic`]));
  });
  return {
    lost,
    doubled: [...told].flatMap(([topic, records]) => wronglyTold(records).map((one) => `${topic}: ${one}`)),
  };
}

/** An episode of which people hear twice, or never. */
export function countedIncidents(results: Results): Counted {
  const incidents = currentOf<IncidentRecorded>(results, topics.incidents).filter((one) => !isJoined(one));
  const about = incidents.flatMap(({ episodes }) => episodes.map(({ episode }) => episode));
  const standing = currentOf<EpisodeRecorded>(results, topics.episodes).filter(
    ({ state, declared }) => state !== 'withdrawn' && !declared,
  );
  return {
    lost: standing.flatMap(({ episode }) => (about.includes(episode) ? [] : [`episode ${episode} has no incident`])),
    doubled: about.flatMap((episode, at) =>
      about.indexOf(episode) < at ? [`episode ${episode} has two incidents`] : [],
    ),
  };
}

/** The newest version of each thing that a topic's owner holds. */
export function currentOf<Data>(results: Results, topic: TopicDeclaration, wanted?: string): readonly Data[] {
  const current = new Map<string, { version: number; data: Data }>();
  for (const { key, headers, value } of results.get(topic.name)!) {
    const type = headers.ce_type!;
    if (wanted !== undefined && type !== wanted) continue;
    const data = JSON.parse(Buffer.from(value).toString()) as Data;
    const { series, time, version } = identityOf(type, data);
    const name = `${key} ${series} ${time}`;
    if ((current.get(name)?.version ?? 0) < version) current.set(name, { version, data });
  }
  return [...current.values()].map(({ data }) => data);
}

/** A journal carries each sequence of a topic and key once. */
export function countedInJournal(leaves: readonly { type: string; key: string; sequence: string }[]): Counted {
  const seen = new Map<string, number>();
  for (const { type, key, sequence } of leaves) {
    const name = `${type} ${key} ${sequence}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return {
    lost: [],
    doubled: [...seen].flatMap(([name, times]) => (times > 1 ? [`${name} is ${times} times in the journal`] : [])),
  };
}

export const allOf = (counts: readonly Counted[]): Counted => ({
  lost: counts.flatMap(({ lost }) => lost),
  doubled: counts.flatMap(({ doubled }) => doubled),
});
