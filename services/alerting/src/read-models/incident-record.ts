import type { IncidentRecorded } from '@quantrac/contracts';
import type { IncidentEvent } from '../domain/incident.ts';

export const incidentStreams = 'incident-';
export const incidentStream = (id: string): string => `${incidentStreams}${id}`;

type Told = Omit<IncidentRecorded, 'incident' | 'version' | 'episodes'>;
type Standings = Map<string, IncidentRecorded['episodes'][number]['state']>;

/** The state that an incident's events lead to, as its topic tells it: of comments only how many there are. */
export function incidentRecord(incident: string, events: readonly IncidentEvent[]): IncidentRecorded {
  const standings: Standings = new Map();
  let told: Told | undefined;
  for (const event of events) {
    if ('standing' in event.data) standings.set(event.data.episode, event.data.standing);
    told = next(told, event);
  }
  if (!told) throw new Error(`incident ${incident} has no events`);
  const episodes = [...standings].map(([episode, state]) => ({ episode, state }));
  return { incident, version: events.length, ...told, episodes };
}

function next(told: Told | undefined, event: IncidentEvent): Told {
  if (event.type === 'IncidentOpened') return opened(event.data);
  const { at } = event.data;
  const before = told!;
  const knownAt = [before.knownAt, at].sort()[1]!;
  return { ...before, knownAt, cause: causeOf(event), ...changed(before, event) };
}

type OpenedData = (IncidentEvent & { type: 'IncidentOpened' })['data'];

const opened = ({ station, rule, episode, summary, backfilled, at }: OpenedData): Told => ({
  station,
  rule,
  state: 'open',
  openedAt: at,
  assignee: null,
  resolution: null,
  comments: 0,
  summary,
  backfilled,
  knownAt: at,
  cause: `episode:${episode}`,
});

function changed(before: Told, event: Exclude<IncidentEvent, { type: 'IncidentOpened' }>): Partial<Told> {
  switch (event.type) {
    case 'EpisodeAttached': {
      const { station, backfilled } = event.data;
      return {
        station: station === before.station ? station : null,
        backfilled: before.backfilled === true && backfilled,
      };
    }
    case 'EpisodeChanged':
      return event.data.backfilled === false ? { backfilled: false } : {};
    case 'IncidentAcknowledged':
      return { state: 'acknowledged' };
    case 'IncidentAssigned':
      return { assignee: event.data.to };
    case 'IncidentCommented':
      return { comments: before.comments + 1 };
    case 'IncidentResolved':
      return { state: 'resolved', resolution: event.data.resolution };
    case 'IncidentReopened':
      return { state: 'open', resolution: null };
  }
}

const causeOf = ({ data }: Exclude<IncidentEvent, { type: 'IncidentOpened' }>): string => {
  if ('episode' in data) return `episode:${data.episode}`;
  return 'by' in data ? `account:${data.by}` : 'account:alerting';
};
