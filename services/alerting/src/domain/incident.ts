import type { EpisodeRecorded, IncidentRecorded } from '@quantrac/contracts';
import { type Decider, Fault } from '@quantrac/event-sourcing';

/** What an incident is told of an episode; one that needs no people (taken back, or inside a declared period) is withdrawn. */
export type Standing = IncidentRecorded['episodes'][number]['state'];

export interface ToldEpisode {
  readonly episode: string;
  /** null: no station's own case. */
  readonly station: string | null;
  readonly rule: EpisodeRecorded['rule'];
  readonly standing: Standing;
  readonly summary: string;
  readonly backfilled: boolean;
  /** Of the episode: an older one than was told before tells nothing. */
  readonly version: number;
  /** When it became known, where that is not when the incident is told. */
  readonly knownSince?: string;
}

/** `backfilled`: only where it is live news by now; `summary`: only where it is another. */
type ChangedEpisode = Pick<ToldEpisode, 'episode' | 'standing' | 'version'> & {
  readonly backfilled?: false;
  readonly summary?: string;
};

/** Stored for ever: names and shapes are the storage format. */
export type IncidentEvent =
  | { readonly type: 'IncidentOpened'; readonly data: ToldEpisode & { readonly at: string } }
  | { readonly type: 'EpisodeAttached'; readonly data: ToldEpisode & { readonly at: string } }
  | { readonly type: 'EpisodeChanged'; readonly data: ChangedEpisode & { readonly at: string } }
  /** It belongs to another incident from then on. */
  | { readonly type: 'EpisodeReleased'; readonly data: { episode: string; into: string; at: string } }
  | { readonly type: 'IncidentAcknowledged'; readonly data: { by: string; at: string } }
  | { readonly type: 'IncidentAssigned'; readonly data: { to: string; by: string; at: string } }
  /** The text may name people: it stays in this store. */
  | { readonly type: 'IncidentCommented'; readonly data: { text: string; by: string; at: string } }
  | { readonly type: 'IncidentResolved'; readonly data: { resolution: string; by: string; at: string } }
  | { readonly type: 'IncidentReopened'; readonly data: { because: string; at: string } };

export type TellEpisode = { readonly type: 'TellEpisode' } & ToldEpisode;
/** All of its episodes belong to another incident. */
type JoinIncident = { readonly type: 'JoinIncident'; readonly into: string };
type ReleaseEpisode = { readonly type: 'ReleaseEpisode'; readonly episode: string; readonly into: string };

export type IncidentCommand = { readonly at: string } & (
  | TellEpisode
  | JoinIncident
  | ReleaseEpisode
  | { readonly type: 'AcknowledgeIncident'; readonly by: string }
  | { readonly type: 'AssignIncident'; readonly to: string; readonly by: string }
  | { readonly type: 'CommentIncident'; readonly text: string; readonly by: string }
  | { readonly type: 'ResolveIncident'; readonly resolution: string; readonly by: string }
);

type KnownEpisode = Pick<ToldEpisode, 'standing' | 'backfilled' | 'version' | 'summary'>;

export interface Incident {
  readonly status: 'none' | IncidentRecorded['state'];
  readonly episodes: Map<string, KnownEpisode>;
  /** How many of its episodes are not withdrawn. */
  readonly founded: number;
  readonly assignee: string | null;
  /** null: nobody has resolved it. */
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
}

/** Who resolves what data have made groundless. */
export const ALERTING = 'alerting';
const JOINED = 'joined into ';
/** Its episodes are told elsewhere. */
export const isJoined = ({ resolution, by }: { resolution: string; by: string }): boolean =>
  by === ALERTING && resolution.startsWith(JOINED);

const decide = (command: IncidentCommand, incident: Incident): readonly IncidentEvent[] => {
  const { at } = command;
  switch (command.type) {
    case 'TellEpisode':
      return told(command, incident);
    case 'JoinIncident':
      if (incident.status === 'none' || incident.status === 'resolved') return [];
      return [resolved(`${JOINED}${command.into}`, ALERTING, at)];
    case 'ReleaseEpisode':
      return released(command, incident);
    case 'AcknowledgeIncident':
      refuseResolved(incident);
      return incident.status === 'acknowledged' ? [] : [{ type: 'IncidentAcknowledged', data: { by: command.by, at } }];
    case 'AssignIncident':
      refuseResolved(incident);
      if (incident.assignee === command.to) return [];
      return [{ type: 'IncidentAssigned', data: { to: command.to, by: command.by, at } }];
    case 'CommentIncident':
      refuseUnknown(incident);
      return [{ type: 'IncidentCommented', data: { text: command.text, by: command.by, at } }];
    case 'ResolveIncident':
      if (incident.status === 'resolved' && incident.resolution === command.resolution) return [];
      refuseResolved(incident);
      return [resolved(command.resolution, command.by, at)];
  }
};

/** Opens the incident with its first episode, attaches another, or tells that one of its own changed. */
function told({ type: _, at, ...told }: TellEpisode & { at: string }, incident: Incident): readonly IncidentEvent[] {
  const { episode, standing, version } = told;
  const known = incident.episodes.get(episode);
  if (known && isRepeat(known, told)) return [];
  // One that was told elsewhere before is part of this too, whatever became of it.
  if (!known && standing === 'withdrawn' && (incident.status === 'none' || !told.knownSince)) return [];
  if (incident.status === 'none') return [{ type: 'IncidentOpened', data: { ...told, at } }];
  const founded = incident.founded + weight(standing) - weight(known?.standing);
  if (!known)
    return [{ type: 'EpisodeAttached', data: { ...told, at } }, ...consequences('another', founded, incident, at)];
  const live = known.backfilled && !told.backfilled && ({ backfilled: false } as const);
  const summary = known.summary !== told.summary && { summary: told.summary };
  const data = { episode, standing, version, ...live, ...summary, at };
  const changed: IncidentEvent = { type: 'EpisodeChanged', data };
  return [changed, ...consequences('the same', founded, incident, at)];
}

const isRepeat = (known: KnownEpisode, told: KnownEpisode): boolean =>
  told.version <= known.version || (known.standing === told.standing && known.backfilled <= told.backfilled);

function released({ episode, into, at }: ReleaseEpisode & { at: string }, incident: Incident) {
  const known = incident.episodes.get(episode);
  if (!known) return [];
  const event: IncidentEvent = { type: 'EpisodeReleased', data: { episode, into, at } };
  return [event, ...consequences('the same', incident.founded - weight(known.standing), incident, at)];
}

const weight = (standing: Standing | undefined): number => (standing === undefined || standing === 'withdrawn' ? 0 : 1);

/** Nobody has to look at what is groundless; what has grounds again, or new ones, is open again. */
function consequences(
  episode: 'another' | 'the same',
  founded: number,
  { status, resolvedBy }: Incident,
  at: string,
): readonly IncidentEvent[] {
  if (status === 'open' && founded === 0) return [resolved('unfounded: the data have changed', ALERTING, at)];
  const mayReopen = episode === 'another' || resolvedBy === ALERTING;
  if (status !== 'resolved' || founded === 0 || !mayReopen) return [];
  const because = episode === 'another' ? 'another episode belongs to it' : 'an episode is founded again';
  return [{ type: 'IncidentReopened', data: { because, at } }];
}

const resolved = (resolution: string, by: string, at: string): IncidentEvent => ({
  type: 'IncidentResolved',
  data: { resolution, by, at },
});

function refuseUnknown({ status }: Incident): void {
  if (status === 'none')
    throw Fault.notFound('IncidentUnknown', 'there is no such incident: look its id up in the list of incidents');
}

function refuseResolved(incident: Incident): void {
  refuseUnknown(incident);
  if (incident.status === 'resolved')
    throw Fault.rejected(
      'IncidentResolved',
      `the incident is resolved (${incident.resolution}): add a comment instead`,
    );
}

/** Its episodes are changed in place: an incident of a thousand stations is not copied for each of them. Every fold has its own. */
const evolve = (incident: Incident, event: IncidentEvent): Incident => {
  switch (event.type) {
    case 'IncidentOpened':
      return withEpisode({ ...incident, status: 'open', episodes: new Map() }, event.data);
    case 'EpisodeAttached':
    case 'EpisodeChanged':
      return withEpisode(incident, event.data);
    case 'EpisodeReleased':
      return withoutEpisode(incident, event.data.episode);
    case 'IncidentAcknowledged':
      return { ...incident, status: 'acknowledged' };
    case 'IncidentAssigned':
      return { ...incident, assignee: event.data.to };
    case 'IncidentCommented':
      return incident;
    case 'IncidentResolved': {
      const { by: resolvedBy, resolution } = event.data;
      const left = isJoined(event.data) ? { ...incident, episodes: new Map(), founded: 0 } : incident;
      return { ...left, status: 'resolved', resolvedBy, resolution };
    }
    case 'IncidentReopened':
      return { ...incident, status: 'open', resolvedBy: null, resolution: null };
  }
};

function withEpisode(incident: Incident, told: ToldEpisode | ChangedEpisode): Incident {
  const { episode, standing, version } = told;
  const known = incident.episodes.get(episode);
  const backfilled = told.backfilled ?? known?.backfilled ?? false;
  const summary = told.summary ?? known?.summary ?? '';
  incident.episodes.set(episode, { standing, version, backfilled, summary });
  return { ...incident, founded: incident.founded + weight(standing) - weight(known?.standing) };
}

function withoutEpisode(incident: Incident, episode: string): Incident {
  const known = incident.episodes.get(episode);
  incident.episodes.delete(episode);
  return { ...incident, founded: incident.founded - weight(known?.standing) };
}

const initial: Incident = {
  status: 'none',
  episodes: new Map(),
  founded: 0,
  assignee: null,
  resolvedBy: null,
  resolution: null,
};

export const incident: Decider<Incident, IncidentCommand, IncidentEvent> = { initial, decide, evolve };
