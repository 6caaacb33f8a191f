import { hash } from 'node:crypto';
import { type EpisodeRecorded, topics } from '@quantrac/contracts';
import { dayBounds, dayOf, fromInstant } from '@quantrac/regulations';
import type { CommandOutput, Message, Processor, RowOutput } from '@quantrac/stream-processing';
import type { Standing, TellEpisode } from '../domain/incident.ts';
import type { TakeOutage } from '../domain/outage-waves.ts';
import { type Silence, silenceOf, withSilence } from '../domain/silences.ts';
import { incidentStream } from '../read-models/incident-record.ts';

/** What the incident of an episode was told last: series the episode's id, one row, at time 0. */
export const CASES = 'episode-cases';

export const INCIDENT = 'incident';
export const OUTAGES = 'outages';
export const OUTAGES_STREAMS = 'outages-';

const DAY_MS = 24 * 3_600_000;

/** Deterministic from its first episode. */
export const incidentIdOf = (episode: string): string => `i-${hash('sha256', episode).slice(0, 20)}`;

/** Outages are put together across stations day by day, by their beginnings. */
export const outagesStream = (start: number): string => `${OUTAGES_STREAMS}${dayOf(start)}`;

/** These days and two on either side, ascending: midnight parts nothing, and waves counted from anywhere are the same after a few. */
export function outagesAround(streams: readonly string[]): readonly string[] {
  const around = streams.flatMap((stream) => {
    const { after } = dayBounds(stream.slice(OUTAGES_STREAMS.length));
    return [-2, -1, 0, 1, 2].map((days) => outagesStream(after + 1 + days * DAY_MS));
  });
  return [...new Set(around)].sort();
}

interface Opener {
  /** The station's outages of late. */
  readonly silences: readonly Silence[];
}

/** What the incident of an episode was told last. */
interface Case {
  readonly standing: Standing;
  /** As old news. */
  readonly backfilled: boolean;
  /** Of an outage: the one that it is part of, or itself, and when that began as it was first told. */
  readonly root?: string | undefined;
  readonly told?: number | undefined;
}

/** Hands every episode that people should see to its incident; outages by way of the day on which they began. */
export const incidentOpener: Processor<Opener> = {
  name: 'incident-opener',
  inputs: [topics.episodes],
  types: ['EpisodeRecorded'],
  initial: { silences: [] },
  lookback: (_, { data }) => [{ collection: CASES, series: (data as EpisodeRecorded).episode, from: 0, to: 1 }],
  decide({ silences }, message, rows) {
    const { data, knownAt } = message as Message<EpisodeRecorded>;
    const known = rows.at<Case>(CASES, data.episode, 0)?.data;
    const standing: Standing = data.declared ? 'withdrawn' : data.state;
    const isOutage = data.rule === 'outage' && (known !== undefined || standing !== 'withdrawn');
    const silence = isOutage ? silenceOf(silences, stretchOf(data, known)) : undefined;
    const state = { silences: silence ? withSilence(silences, silence) : silences };
    const { backfilled } = data;
    const isTold = known ? known.standing === standing && known.backfilled <= backfilled : standing === 'withdrawn';
    if (isTold) return { state, outputs: [] };
    const told: Case = { standing, backfilled, root: silence?.root, told: known?.told ?? silence?.told };
    return { state, outputs: outputsOf(data, knownAt, told) };
  },
};

const stretchOf = ({ episode, start, end, state, nodeAway }: EpisodeRecorded, known: Case | undefined) => ({
  episode,
  root: known?.root,
  start: fromInstant(start)!,
  end: state === 'open' ? null : fromInstant(end ?? start)!,
  nodeAway,
});

function outputsOf(data: EpisodeRecorded, knownAt: number, told: Case): (CommandOutput | RowOutput)[] {
  const { episode: series, version } = data;
  return [
    { kind: 'row', collection: CASES, type: 'EpisodeCase', series, time: 0, version, knownAt, data: told },
    { kind: 'command', knownAt, ...telling(data, told) },
  ];
}

function telling(data: EpisodeRecorded, { standing, root, told }: Case): Omit<CommandOutput, 'kind' | 'knownAt'> {
  const { episode, station, rule, version, explanation: summary, backfilled, nodeAway, terms } = data;
  const incident = incidentIdOf(episode);
  const content = { episode, station, standing, summary, backfilled, version };
  if (told === undefined) {
    const command: TellEpisode = { type: 'TellEpisode', ...content, rule };
    return { aggregate: INCIDENT, streamId: incidentStream(incident), command };
  }
  const partOf = root === episode ? undefined : root;
  const start = fromInstant(data.start)!;
  const lateAfterMs = terms?.lateAfterMs;
  const command: TakeOutage = { type: 'TakeOutage', ...content, start, lateAfterMs, nodeAway, incident, partOf };
  return { aggregate: OUTAGES, streamId: outagesStream(told), command };
}
