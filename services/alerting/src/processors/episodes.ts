import {
  type AggregateComputed,
  type ComplianceDayEvaluated,
  type IntakeAdvanced,
  type LimitsRecorded,
  type ObservationSetChecked,
  type RederivationAsked,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import type { Decision, Message, OwnRows, Processor } from '@quantrac/stream-processing';
import type { Origin } from '../domain/episode.ts';
import { lookback } from './episode-lookback.ts';
import { EPISODE_DOCUMENTS, episodeIndexes } from './episode-rows.ts';
import { type EpisodesState, initialState, type Memory, memory as usualMemory } from './episode-state.ts';
import { type EpisodeSettings, type Work, workOf } from './episode-work.ts';
import { closeOverdue } from './rederive.ts';
import { takeAdvance, takeDay, takeMean, takeSet } from './take-data.ts';
import { takeLimits, takeRederivation, takeStation } from './take-rules.ts';

/** Means farther back than this are rare, and so are sets; what decisions look at every time lies within. */
const KEEP_IN_MEMORY_MS = 4 * 3_600_000;

/**
 * Derives the episodes of a station from its checked sets, means, days, advances, record and limits. They are a function of what is known, in
 * time order: whatever came when, the same records give the same current episodes. "The same" (DESIGN 7.1) is by content: channel, rule,
 * limit, start, end, peak, threshold, members and what is said of them, with withdrawn ones left out. Ordinals, opening times, versions,
 * causes and whether an episode was told late depend on what was known first, as they must; not on which of the topics was read quicker.
 */
export const episodesProcessor = (
  settings: EpisodeSettings,
  memory: Memory = usualMemory,
): Processor<EpisodesState> => ({
  name: 'episodes',
  inputs: [
    topics.stations,
    topics.limits,
    topics.observationsChecked,
    topics.aggregates,
    topics.compliance,
    topics.rederivations,
  ],
  initial: initialState,
  documents: { [EPISODE_DOCUMENTS]: episodeIndexes },
  keepInMemoryMs: KEEP_IN_MEMORY_MS,
  ready,
  lookback: (state, message) => lookback(state, message, settings, memory),
  decide: (state, message, rows) => decide(state, message, rows, settings, memory),
});

/** Data wait for the record of their station, an advance for the version that it speaks of. */
function ready({ station }: EpisodesState, { type, data }: Message): boolean {
  if (type === 'StationRecorded' || type === 'LimitsRecorded') return true;
  return station >= (type === 'IntakeAdvanced' ? (data as IntakeAdvanced).stationVersion : 1);
}

function decide(
  state: EpisodesState,
  message: Message,
  rows: OwnRows,
  settings: EpisodeSettings,
  memory: Memory,
): Decision<EpisodesState> {
  const work = workOf(state, rows, { station: message.key, origin: originOf(message), settings, memory });
  takers[message.type]?.(work, message.data as never);
  closeOverdue(work);
  return { state: work.state, outputs: work.rows.outputs };
}

const takers: Readonly<Record<string, (work: Work, data: never) => void>> = {
  ObservationSetChecked: (work, data: ObservationSetChecked) => takeSet(work, data),
  AggregateComputed: (work, data: AggregateComputed) => takeMean(work, data),
  ComplianceDayEvaluated: (work, data: ComplianceDayEvaluated) => takeDay(work, data),
  IntakeAdvanced: (work, data: IntakeAdvanced) => takeAdvance(work, data),
  StationRecorded: (work, data: StationRecorded) => takeStation(work, data),
  LimitsRecorded: (work, data: LimitsRecorded) => takeLimits(work, data),
  RederivationAsked: (work, data: RederivationAsked) => takeRederivation(work, data),
};

function originOf({ type, data, knownAt }: Message): Origin {
  const own = (cause: string): Origin => ({ knownAt, cause, root: cause });
  if (type === 'StationRecorded') return own(`station:${(data as StationRecorded).version}`);
  if (type === 'LimitsRecorded') return own(`limits:${(data as LimitsRecorded).version}`);
  if (type === 'IntakeAdvanced') return own(`intake:${(data as IntakeAdvanced).upTo}`);
  const { cause, root } = data as Pick<Origin, 'cause' | 'root'>;
  return { knownAt, cause, root };
}
