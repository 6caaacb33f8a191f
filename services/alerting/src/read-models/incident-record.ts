import type { IncidentRecorded } from '@quantrac/contracts';
import { type IncidentEvent, isJoined } from '../domain/incident.ts';

export const incidentStreams = 'incident-';
export const incidentStream = (id: string): string => `${incidentStreams}${id}`;

type Case = Pick<IncidentRecorded, 'state' | 'assignee' | 'resolution' | 'comments' | 'knownAt' | 'cause'>;
type EpisodeEvent = IncidentEvent & { type: 'IncidentOpened' | 'EpisodeAttached' };
type Told = EpisodeEvent['data'];
/** By episode, in the order in which they were told. */
type Episodes = Map<string, Told>;

/** The state that an incident's events lead to, as its topic tells it: of comments only how many there are. */
export function incidentRecord(incident: string, events: readonly IncidentEvent[]): IncidentRecorded {
  const episodes: Episodes = new Map();
  let told: Case | undefined;
  let joined = false;
  for (const event of events) {
    // What it was about before it was joined is told until it is about something again.
    if (joined && event.type === 'EpisodeAttached') episodes.clear();
    joined = event.type === 'IncidentResolved' ? isJoined(event.data) : joined && event.type !== 'EpisodeAttached';
    evolve(episodes, event);
    told = next(told, event);
  }
  if (!told) throw new Error(`incident ${incident} has no events`);
  return { incident, version: events.length, ...aboutOf([...episodes.values()], events), ...told };
}

/** What it says of itself is what those of its episodes say that last, or else are founded, whichever was told first. */
function aboutOf(all: readonly Told[], [first]: readonly IncidentEvent[]) {
  const episodes = all.length > 0 ? all : [(first as EpisodeEvent).data];
  const founded = episodes.filter(({ standing }) => standing !== 'withdrawn');
  const told = (founded.length > 0 ? founded : episodes).toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
  const { station, summary, rule } = told[0]!;
  return {
    station: told.every((one) => one.station === station) ? station : null,
    rule,
    openedAt: episodes.map(knownOf).sort()[0]!,
    summary,
    backfilled: told.every(({ backfilled }) => backfilled),
    episodes: all.map(({ episode, standing }) => ({ episode, state: standing })),
  };
}

const knownOf = ({ knownSince, at }: Told): string => knownSince ?? at;

const rankOf = (told: Told): string => `${told.standing === 'open' ? 0 : 1} ${knownOf(told)} ${told.episode}`;

function evolve(episodes: Episodes, { type, data }: IncidentEvent): void {
  if (type === 'IncidentOpened' || type === 'EpisodeAttached') episodes.set(data.episode, data);
  if (type === 'EpisodeReleased') episodes.delete(data.episode);
  if (type !== 'EpisodeChanged') return;
  const { at: _, ...changed } = data;
  episodes.set(data.episode, { ...episodes.get(data.episode)!, ...changed });
}

function next(told: Case | undefined, event: IncidentEvent): Case {
  const { at } = event.data;
  const cause = causeOf(event);
  if (event.type === 'IncidentOpened')
    return { state: 'open', assignee: null, resolution: null, comments: 0, knownAt: at, cause };
  const before = told!;
  const knownAt = [before.knownAt, at].sort()[1]!;
  return { ...before, knownAt, cause, ...changed(before, event) };
}

function changed(before: Case, event: IncidentEvent): Partial<Case> {
  switch (event.type) {
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
    default:
      return {};
  }
}

const causeOf = ({ data }: IncidentEvent): string => {
  if ('episode' in data) return `episode:${data.episode}`;
  return 'by' in data ? `account:${data.by}` : 'account:alerting';
};
