import type { IncidentRecorded } from '@quantrac/contracts';
import type { IncidentEvent } from '../domain/incident.ts';

export const incidentStreams = 'incident-';
export const incidentStream = (id: string): string => `${incidentStreams}${id}`;

type Told = Omit<IncidentRecorded, 'incident' | 'version'>;

/** The state that an incident's events lead to, as its topic tells it: of comments only how many there are. */
export function incidentRecord(incident: string, events: readonly IncidentEvent[]): IncidentRecorded {
  const told = events.reduce<Told | undefined>(next, undefined);
  if (!told) throw new Error(`incident ${incident} has no events`);
  return { incident, version: events.length, ...told };
}

function next(told: Told | undefined, event: IncidentEvent): Told {
  if (event.type === 'IncidentOpened') return opened(event.data);
  const { at } = event.data;
  const before = told!;
  const after: Told = {
    ...before,
    knownAt: [before.knownAt, at].sort().at(-1)!,
    cause: causeOf(event),
    ...changed(before, event),
  };
  return after;
}

function opened({
  station,
  rule,
  episode,
  standing,
  summary,
  backfilled,
  at,
}: (IncidentEvent & { type: 'IncidentOpened' })['data']): Told {
  return {
    station,
    rule,
    state: 'open',
    openedAt: at,
    episodes: [{ episode, state: standing }],
    assignee: null,
    resolution: null,
    comments: 0,
    summary,
    backfilled,
    knownAt: at,
    cause: `episode:${episode}`,
  };
}

function changed(before: Told, event: Exclude<IncidentEvent, { type: 'IncidentOpened' }>): Partial<Told> {
  switch (event.type) {
    case 'EpisodeAttached': {
      const { station, episode, standing: state, backfilled } = event.data;
      return {
        station: station === before.station ? station : null,
        episodes: [...before.episodes, { episode, state }],
        backfilled: before.backfilled === true && backfilled,
      };
    }
    case 'EpisodeChanged': {
      const { episode, standing: state } = event.data;
      return { episodes: before.episodes.map((one) => (one.episode === episode ? { episode, state } : one)) };
    }
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
