import {
  type AggregateComputed,
  type ComplianceDayEvaluated,
  type EpisodeRecorded,
  type IncidentRecorded,
  type ObservationSetChecked,
  type ReplicationAdvanced,
  topics,
} from '@quantrac/contracts';
import { identityOf } from '@quantrac/contracts/identity';
import type { Peer } from '@quantrac/service';

/** What the stores of one node hold, counted. */
export interface Figures {
  readonly files: {
    readonly received: number;
    readonly accepted: number;
    readonly held: number;
    readonly repeated: number;
  };
  /** What waits now, by reason. */
  readonly held: { readonly files: number; readonly lines: number; readonly reasons: Readonly<Record<string, number>> };
  readonly readings: {
    readonly checked: number;
    readonly missing: number;
    readonly suspect: number;
    readonly failed: number;
    readonly calibration: number;
    readonly deviceError: number;
    readonly counted: number;
    /** Versions of sets beyond the first. */
    readonly recheckedSets: number;
  };
  readonly hourlyMeans: { readonly computed: number; readonly withoutValue: number; readonly amended: number };
  readonly episodes: {
    readonly opened: number;
    readonly open: number;
    readonly closed: number;
    readonly withdrawn: number;
    readonly rules: Readonly<Record<string, number>>;
  };
  readonly incidents: { readonly opened: number; readonly resolved: number };
  readonly compliance: {
    readonly days: number;
    readonly within: number;
    readonly exceeds: number;
    readonly noVerdict: number;
    readonly unconfirmed: number;
  };
  readonly replication: { readonly appended: number; readonly acknowledged: number };
}

type Ask = (service: string) => Peer;

/** What a province node's owners answer, whole. */
export interface Holdings {
  readonly files: Figures['files'];
  readonly held: readonly HeldFile[];
  readonly checked: Current<ObservationSetChecked>;
  readonly means: readonly AggregateComputed[];
  readonly episodes: readonly EpisodeRecorded[];
  readonly incidents: readonly IncidentRecorded[];
  readonly days: readonly ComplianceDayEvaluated[];
  readonly replication: Figures['replication'];
}

export async function holdingsOf(peer: Ask): Promise<Holdings> {
  const [counts] = await peer('ingestion').query<{ received: number; accepted: number; held: number; repeat: number }>(
    'intakeCounts',
    {},
  );
  const [journal] = await peer('ministry-sync').query<ReplicationAdvanced>('replication', {});
  const quality = peer('quality-control');
  const current = async <Data>(owner: Peer, { name }: { name: string }, type: string) =>
    (await currentOf<Data>(owner, name, type)).current;
  return {
    files: { received: counts!.received, accepted: counts!.accepted, held: counts!.held, repeated: counts!.repeat },
    held: await peer('ingestion').query<HeldFile>('held', { limit: 10_000 }),
    checked: await currentOf(quality, topics.observationsChecked.name, 'ObservationSetChecked'),
    means: await current(quality, topics.aggregates, 'AggregateComputed'),
    episodes: await current(peer('alerting'), topics.episodes, 'EpisodeRecorded'),
    incidents: await current(peer('alerting'), topics.incidents, 'IncidentRecorded'),
    days: await current(peer('enterprise-compliance'), topics.compliance, 'ComplianceDayEvaluated'),
    replication: { appended: journal!.appended, acknowledged: journal!.acknowledged },
  };
}

/** Counts what a province node's stores hold. */
export function figuresOf({ means, incidents, days, ...held }: Holdings): Figures {
  const hourly = means.filter(({ length }) => length === '1h');
  return {
    files: held.files,
    held: heldFigures(held.held),
    readings: readingFigures(held.checked),
    hourlyMeans: {
      computed: hourly.length,
      withoutValue: count(hourly, ({ value }) => value === null),
      amended: count(hourly, ({ state }) => state === 'amended'),
    },
    episodes: episodeFigures(held.episodes),
    incidents: { opened: incidents.length, resolved: count(incidents, ({ state }) => state === 'resolved') },
    compliance: {
      days: days.length,
      within: count(days, ({ verdict }) => verdict === 'within'),
      exceeds: count(days, ({ verdict }) => verdict === 'exceeds'),
      noVerdict: count(days, ({ verdict }) => verdict === 'no-verdict'),
      unconfirmed: count(days, ({ unconfirmed }) => unconfirmed),
    },
    replication: held.replication,
  };
}

interface HeldFile {
  readonly reason: string;
  readonly lines: readonly { readonly reason: string }[];
}

interface Current<Data> {
  readonly current: readonly Data[];
  readonly versions: number;
}

/** The highest version of each thing that a topic has told, from its owner's store. */
async function currentOf<Data>(owner: Peer, topic: string, type: string): Promise<Current<Data>> {
  const found = new Map<string, { version: number; data: Data }>();
  let versions = 0;
  for await (const records of owner.history(topic))
    for (const { key, headers, value } of records) {
      if (headers.ce_type !== type) continue;
      versions++;
      const data = JSON.parse(Buffer.from(value).toString('utf8')) as Data;
      const { series, time, version } = identityOf(type, data);
      const name = `${key} ${series} ${time}`;
      if ((found.get(name)?.version ?? 0) < version) found.set(name, { version, data });
    }
  return { current: [...found.values()].map(({ data }) => data), versions };
}

function heldFigures(held: readonly HeldFile[]): Figures['held'] {
  const reasons = held.flatMap(({ reason, lines }) => (lines.length > 0 ? lines.map((line) => line.reason) : [reason]));
  return { files: held.length, lines: held.reduce((sum, { lines }) => sum + lines.length, 0), reasons: tally(reasons) };
}

function readingFigures({ current, versions }: Current<ObservationSetChecked>): Figures['readings'] {
  const readings = current.flatMap((set) => set.readings);
  return {
    checked: readings.length,
    missing: count(readings, ({ value }) => value === null),
    suspect: count(readings, ({ flag }) => flag === 3),
    failed: count(readings, ({ flag }) => flag === 4),
    calibration: count(readings, ({ status }) => status === '01'),
    deviceError: count(readings, ({ status }) => status === '02'),
    counted: count(readings, ({ counts }) => counts),
    recheckedSets: versions - current.length,
  };
}

const episodeFigures = (episodes: readonly EpisodeRecorded[]): Figures['episodes'] => ({
  opened: episodes.length,
  open: count(episodes, ({ state }) => state === 'open'),
  closed: count(episodes, ({ state }) => state === 'closed'),
  withdrawn: count(episodes, ({ state }) => state === 'withdrawn'),
  rules: tally(episodes.filter(({ state }) => state !== 'withdrawn').map(({ rule }) => rule)),
});

const count = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
  items.reduce((sum, item) => (holds(item) ? sum + 1 : sum), 0);

const tally = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, list]) => [name, list.length]).sort());

/** All nodes' figures as one, number by number. */
export function together(figures: readonly Figures[]): Figures {
  return figures.reduce((sum, one) => added(sum, one) as Figures);
}

type Tree = { readonly [name: string]: number | Tree };

function added(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' || typeof b === 'number') return Number(a ?? 0) + Number(b ?? 0);
  const [one, other] = [(a ?? {}) as Tree, (b ?? {}) as Tree];
  return Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [name, added(one[name], other[name])]),
  );
}
