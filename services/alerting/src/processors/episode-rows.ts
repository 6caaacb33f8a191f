import { type EpisodeRecorded, type LimitInForce, topics } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Output, OwnRow, OwnRows, RowOutput } from '@quantrac/stream-processing';
import type { StationFacts } from '../domain/station-facts.ts';

export const EPISODES = topics.episodes.name;
/** What of sets, means and days episodes are derived from again: series `sets`, `tally`, `<channel>/1h` ... */
export const MEMBERS = 'episode-members';
/** The newest record of the station and of its limits: series `station` and `limits`, one row each, at time 0. */
export const RULES = 'episode-rules';
/** When this node was not receiving, by its return: series `away`. */
export const AWAY = 'node-away';

export const EPISODE_DOCUMENTS = 'episodes';

export interface StationRow {
  readonly facts: StationFacts;
}

export interface LimitsRow {
  readonly limits: readonly LimitInForce[];
}

export interface AwayRow {
  /** ms */
  readonly from: number;
}

/** An episode as it is found: `until` is its end, or far in the future. */
export type EpisodeDocument = EpisodeRecorded & { readonly until: string };

export const FOR_EVER = '9999-12-31T23:59:59.999Z';

/** How the newest versions are found. */
export const episodeIndexes = {
  until: ['until'],
  station: ['station', 'until'],
  state: ['state', 'until'],
} as const;

/** A row's time is its start when it was opened, whatever it starts with now. */
export const episodeOutputs = (data: EpisodeRecorded, series: string, opened: number): Output[] => [
  {
    kind: 'row',
    topic: topics.episodes,
    type: 'EpisodeRecorded',
    series,
    time: opened,
    version: data.version,
    knownAt: fromInstant(data.knownAt)!,
    data,
  },
  {
    kind: 'document',
    collection: EPISODE_DOCUMENTS,
    documentKey: data.episode,
    document: { ...data, until: data.end ?? FOR_EVER } satisfies EpisodeDocument,
  },
];

const privateRow =
  (collection: string, type: string) =>
  (series: string, time: number, version: number, knownAt: number, data: unknown): RowOutput => ({
    kind: 'row',
    collection,
    type,
    series,
    time,
    version,
    knownAt,
    data,
  });

export const memberRow = privateRow(MEMBERS, 'EpisodeMember');
export const rulesRow = privateRow(RULES, 'EpisodeRules');
export const awayRow = privateRow(AWAY, 'NodeAway');

export const STATION = 'station';
export const LIMITS = 'limits';
export const AWAY_SERIES = 'away';

/** Own rows with what this decision has put already. */
export interface DraftRows extends OwnRows {
  readonly outputs: readonly Output[];
  put(...outputs: readonly Output[]): void;
}

export function draftRows(rows: OwnRows): DraftRows {
  const outputs: Output[] = [];
  const put: (RowOutput & { collection: string })[] = [];
  const own = (collection: string, series: string, from: number, to: number) =>
    put.filter((row) => row.collection === collection && row.series === series && row.time >= from && row.time < to);
  return {
    outputs,
    put(...added) {
      outputs.push(...added);
      for (const output of added)
        if (output.kind === 'row') put.push({ ...output, collection: output.topic?.name ?? output.collection! });
    },
    range<Data>(collection: string, series: string, from: number, to: number) {
      const stored = rows.range<Data>(collection, series, from, to);
      const newer = own(collection, series, from, to);
      if (newer.length === 0) return stored;
      const byTime = new Map<number, OwnRow<Data>>(stored.map((row) => [row.time, row]));
      for (const row of newer) byTime.set(row.time, row as RowOutput & { data: Data });
      return [...byTime.values()].sort((a, b) => a.time - b.time);
    },
    at<Data>(collection: string, series: string, time: number) {
      const newest = own(collection, series, time, time + 1).at(-1);
      return newest ? (newest as RowOutput & { data: Data }) : rows.at<Data>(collection, series, time);
    },
  };
}
