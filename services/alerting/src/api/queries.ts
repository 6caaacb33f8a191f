import { type EpisodeRecorded, type IncidentRecorded, topics } from '@quantrac/contracts';
import { alertingQueries as contract } from '@quantrac/contracts/queries/alerting';
import { countRows } from '@quantrac/contracts/queries/counts';
import type { Collection } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { type QueryHandler, query, type Stores } from '@quantrac/service';
import type { z } from 'zod';
import type { IncidentEvent } from '../domain/incident.ts';
import { EPISODE_DOCUMENTS, type EpisodeDocument, episodeIndexes } from '../processors/episode-rows.ts';
import { incidentRecord, incidentStream } from '../read-models/incident-record.ts';
import { type IncidentDocument, incidents } from '../read-models/incidents.ts';
import { notificationsAsked } from '../read-models/notifications-asked.ts';

type QueryStores = Pick<Stores, 'events' | 'series' | 'documents'>;
type Row<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['row']>;
type Args<Name extends keyof typeof contract> = z.infer<(typeof contract)[Name]['args']>;

const episodes = { name: EPISODE_DOCUMENTS, indexes: episodeIndexes } as unknown as Collection<EpisodeDocument>;
/** Found by their end, then chosen by the rest: so many are looked through at most. */
const LOOKED_THROUGH = 50_000;
const decoder = new TextDecoder();

export const alertingQueries = (stores: QueryStores, clock: () => number): Readonly<Record<string, QueryHandler>> => ({
  episodes: query(contract.episodes.args, async (args): Promise<Row<'episodes'>[]> => {
    if (args.versions === 'current') return currentEpisodes(stores, args);
    if (args.station === undefined)
      throw Fault.invalid('StationMissing', 'all versions are told of one station: name it');
    return episodeVersions(stores, { ...args, station: args.station });
  }),
  incidents: query(contract.incidents.args, (args) => incidentsAsked(stores, args)),
  incident: query(contract.incident.args, async ({ incident }) => [await incidentWithHistory(stores, incident)]),
  counts: query(contract.counts.args, () => countsOf(stores)),
  notifications: query(contract.notifications.args, (args) => notificationsAsked(stores.documents, args, clock())),
});

async function currentEpisodes({ documents }: QueryStores, args: Args<'episodes'>): Promise<EpisodeRecorded[]> {
  const { station, state, limit } = args;
  const [index, equals] =
    station !== undefined ? (['station', [station]] as const) : state ? (['state', [state]] as const) : ['until', []];
  const range = args.from === undefined ? {} : { from: args.from };
  const found = await documents.find(episodes, index, { equals, ...range, limit: LOOKED_THROUGH });
  return found
    .filter(({ document }) => isAsked(document, args))
    .slice(0, limit)
    .map(({ document }) => recordOf(document));
}

async function countsOf({ documents }: QueryStores) {
  const open = await documents.find(episodes, 'state', { equals: ['open'], limit: LOOKED_THROUGH });
  const byRule = Map.groupBy(open, ({ document }) => document.rule);
  return [
    ...countRows(
      'episodes',
      [...byRule].map(([rule, those]) => [rule, those.length]),
    ),
    ...countRows('incidents', await documents.countBy(incidents, 'state')),
  ];
}

const isAsked = (episode: EpisodeRecorded, { rule, state, to }: Args<'episodes'>): boolean =>
  (rule === undefined || episode.rule === rule) &&
  (to === undefined || episode.start < to) &&
  (state === undefined ? episode.state !== 'withdrawn' : episode.state === state);

/** What a document adds to the record that it shows stays here. */
const recordOf = (document: EpisodeDocument): EpisodeRecorded => {
  const { until: _, madeBy: __, ...record } = document as EpisodeDocument & { madeBy?: number };
  return record;
};

/** A row's time is the episode's first start, so that a range of times would miss what has been extended since. */
async function episodeVersions(
  { series }: QueryStores,
  { station, limit, from = '', ...asked }: Args<'episodes'> & { station: string },
): Promise<EpisodeRecorded[]> {
  const rows = await series.range({
    collection: topics.episodes.name,
    key: station,
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    versions: 'all',
  });
  const all = rows.map(({ value }) => JSON.parse(decoder.decode(value)) as EpisodeRecorded);
  const inRange = (one: EpisodeRecorded) => one.end === null || one.end >= from;
  const wanted = new Set(
    all.filter((one) => inRange(one) && isAsked(one, asked as never)).map(({ episode }) => episode),
  );
  return all.filter(({ episode }) => wanted.has(episode)).slice(0, limit);
}

async function incidentsAsked(
  { documents }: QueryStores,
  { state, station, limit }: Args<'incidents'>,
): Promise<IncidentRecorded[]> {
  const newest = { descending: true, limit: LOOKED_THROUGH };
  const find = (index: string, equals: readonly string[]) => documents.find(incidents, index, { ...newest, equals });
  const found =
    station !== undefined
      ? [...(await find('of', [station])), ...(await find('of', ['']))]
      : await (state ? find('state', [state]) : find('openedAt', []));
  return found
    .map(({ document }) => incidentOf(document))
    .filter((one) => state === undefined || one.state === state)
    .filter((one) => station === undefined || one.station === station || concerns(one, station))
    .sort((a, b) => (a.openedAt < b.openedAt ? 1 : a.openedAt > b.openedAt ? -1 : 0))
    .slice(0, limit);
}

/** An episode's id begins with its station. */
const concerns = ({ episodes: own }: IncidentRecorded, station: string): boolean =>
  own.some(({ episode }) => episode.startsWith(`${station}/`));

const incidentOf = (document: IncidentDocument): IncidentRecorded => {
  const { of: _, madeBy: __, ...record } = document as IncidentDocument & { madeBy?: number };
  return record;
};

async function incidentWithHistory({ events }: QueryStores, incident: string): Promise<Row<'incident'>> {
  const { events: happened } = await events.read<IncidentEvent>(incidentStream(incident));
  if (happened.length === 0)
    throw Fault.notFound(
      'IncidentUnknown',
      `there is no incident "${incident}": look its id up in the list of incidents`,
    );
  const history = happened.map(({ type: event, data: { at, ...data } }, index) => ({
    version: index + 1,
    at,
    event,
    by: 'by' in data ? data.by : 'alerting',
    data,
  }));
  return { ...incidentRecord(incident, happened), history };
}
