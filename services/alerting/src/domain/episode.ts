import type { EpisodeRecorded } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Subject } from './watch.ts';

/** What the data say of one episode now. */
export interface Drawn {
  readonly start: number;
  /** null while it lasts. */
  readonly end: number | null;
  /** The newest instant at which it was seen to last, ms. */
  readonly seenUntil: number;
  readonly members: number;
  readonly peak: string | null;
  readonly threshold: string | null;
  readonly unit: string | null;
  readonly reportable: boolean;
  readonly nodeAway: boolean;
  readonly declared: boolean;
  readonly explanation: string;
  /** The settings that drew it; other ones alone make no version. */
  readonly terms: Readonly<Record<string, number>>;
}

/** What makes a version: the latest of its causes. */
export interface Origin {
  /** ms */
  readonly knownAt: number;
  readonly cause: string;
  readonly root: string;
}

export interface Naming {
  readonly station: string;
  readonly subject: Subject;
  readonly ordinal: number;
}

/** `<station>/<channel or *>/<rule>/<ordinal>`, and the limit before the ordinal where there is one: limits are told of by several topics, each in an order of its own. */
const episodeId = ({ station, subject: { channel, rule, limit }, ordinal }: Naming): string =>
  [station, channel ?? '*', rule, ...(limit === null ? [] : [limit]), ordinal].join('/');

/**
 * The next version of an episode; undefined when nothing about it changed. Members are counted once it has ended, so that an episode that
 * merely lasts makes no versions. Backfilled: it became known with its end, or later after what it tells than `toldLateAfterMs`; an episode
 * that reaches the present is no longer so.
 */
export function nextVersion(
  naming: Naming,
  drawn: Drawn,
  previous: EpisodeRecorded | undefined,
  { knownAt, cause, root }: Origin,
  toldLateAfterMs: number,
): EpisodeRecorded | undefined {
  const late = drawn.end !== null || knownAt - drawn.seenUntil > toldLateAfterMs;
  const known = previous?.state === 'withdrawn' ? undefined : previous;
  const content = {
    state: drawn.end === null ? ('open' as const) : ('closed' as const),
    start: toInstant(drawn.start),
    end: drawn.end === null ? null : toInstant(drawn.end),
    peak: drawn.peak,
    threshold: drawn.threshold,
    unit: drawn.unit,
    members: drawn.end === null ? 0 : drawn.members,
    reportable: drawn.reportable,
    backfilled: late && (known?.backfilled ?? true),
    nodeAway: drawn.nodeAway,
    declared: drawn.declared,
    explanation: drawn.explanation,
  };
  if (previous && sameContent(previous, content)) return undefined;
  const { channel, rule, limit, basis } = naming.subject;
  return {
    episode: episodeId(naming),
    station: naming.station,
    channel,
    rule,
    limit,
    basis,
    ordinal: naming.ordinal,
    version: (previous?.version ?? 0) + 1,
    ...content,
    terms: drawn.terms,
    knownAt: laterOf(knownAt, previous),
    cause,
    root,
  };
}

/** The version that takes an episode back; it keeps what it said. */
export const withdrawal = (
  previous: EpisodeRecorded,
  into: string | undefined,
  { knownAt, cause, root }: Origin,
): EpisodeRecorded => ({
  ...previous,
  version: previous.version + 1,
  state: 'withdrawn',
  explanation: into === undefined ? `unfounded by ${cause}` : `merged into ${into} by ${cause}`,
  knownAt: laterOf(knownAt, previous),
  cause,
  root,
});

const sameContent = (previous: EpisodeRecorded, content: Partial<EpisodeRecorded>): boolean =>
  Object.entries(content).every(([name, value]) => previous[name as keyof EpisodeRecorded] === value);

const laterOf = (knownAt: number, previous: EpisodeRecorded | undefined): string => {
  const at = toInstant(knownAt);
  return previous && previous.knownAt > at ? previous.knownAt : at;
};
