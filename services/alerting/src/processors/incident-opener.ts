import { hash } from 'node:crypto';
import { type EpisodeRecorded, topics } from '@quantrac/contracts';
import { dayOf, fromInstant } from '@quantrac/regulations';
import type { CommandOutput, Message, OwnRows, Processor, RowOutput } from '@quantrac/stream-processing';
import type { Standing, TellEpisode } from '../domain/incident.ts';
import type { OutagesCommand } from '../domain/outage-waves.ts';
import { incidentStream } from '../read-models/incident-record.ts';

/** What the incident of an episode was told last: series the episode's id, one row, at time 0. */
export const CASES = 'episode-cases';

export const INCIDENT = 'incident';
export const OUTAGES = 'outages';

/** Deterministic from its first episode. */
export const incidentIdOf = (episode: string): string => `i-${hash('sha256', episode).slice(0, 20)}`;

/** Outages are put together across stations day by day, by their beginnings. */
export const outagesStream = (start: number): string => `outages-${dayOf(start)}`;

/** Hands every episode that people should see to its incident; outages by way of those that began with them. */
export const incidentOpener: Processor<null> = {
  name: 'incident-opener',
  inputs: [topics.episodes],
  types: ['EpisodeRecorded'],
  initial: null,
  lookback: (_, { data }) => [{ collection: CASES, series: (data as EpisodeRecorded).episode, from: 0, to: 1 }],
  decide: (state, message, rows) => ({ state, outputs: opened(message as Message<EpisodeRecorded>, rows) }),
};

interface Case {
  readonly standing: Standing;
  /** The episode's start when it was first told, ms: where its outage is kept. */
  readonly start: number;
}

function opened({ data, knownAt }: Message<EpisodeRecorded>, rows: OwnRows): (CommandOutput | RowOutput)[] {
  const standing: Standing = data.declared ? 'withdrawn' : data.state;
  const known = rows.at<Case>(CASES, data.episode, 0)?.data;
  if (known ? known.standing === standing : standing === 'withdrawn') return [];
  const told: Case = { standing, start: known?.start ?? fromInstant(data.start)! };
  const { episode: series, version } = data;
  return [
    { kind: 'row', collection: CASES, type: 'EpisodeCase', series, time: 0, version, knownAt, data: told },
    { kind: 'command', knownAt, ...telling(data, told) },
  ];
}

function telling(data: EpisodeRecorded, { standing, start }: Case): Omit<CommandOutput, 'kind' | 'knownAt'> {
  const { episode, station, rule, explanation: summary, backfilled, nodeAway } = data;
  const incident = incidentIdOf(episode);
  const told = { episode, station, standing, summary, backfilled };
  if (rule === 'outage') {
    const command: OutagesCommand = { type: 'TakeOutage', ...told, start, nodeAway, incident };
    return { aggregate: OUTAGES, streamId: outagesStream(start), command };
  }
  const command: TellEpisode = { type: 'TellEpisode', ...told, rule };
  return { aggregate: INCIDENT, streamId: incidentStream(incident), command };
}
