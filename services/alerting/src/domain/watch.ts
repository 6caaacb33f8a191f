import type { EpisodeRecorded } from '@quantrac/contracts';
import type { Member, Run } from './run.ts';

/** By channel, what its reading comes to. */
export type SetContent = Readonly<Record<string, string>>;

/** By channel, how many readings of a day were under status 01 or 02. */
export type TallyContent = Readonly<Record<string, number>>;

/** What is compared with a limit over one period: its mean, and of a day the value that compliance judges by a permit. */
export interface MeanContent {
  readonly mean?: Compared;
  readonly daily?: Compared;
}

export interface Compared {
  /** As its topic gave it. */
  readonly version: number;
  readonly value: string | null;
  readonly unit: string;
}

/** Whose episodes these are: one series of them. */
export interface Subject {
  /** `<channel or *>/<rule>/<limit or ->` */
  readonly series: string;
  /** null: the station as a whole. */
  readonly channel: string | null;
  readonly rule: EpisodeRecorded['rule'];
  readonly limit: string | null;
  readonly basis: EpisodeRecorded['basis'];
}

/** `nothing`: no limit is in force then. */
export type Follower = 'sets' | 'means' | 'days' | 'nothing';

/** One series of values that one rule watches for runs. */
export interface Watch extends Subject {
  readonly channel: string;
  /** The own series that members are read from: `sets`, `tally`, `<channel>/1h` ... */
  readonly source: string;
  /** Of a member's period; 0 for readings. */
  readonly lengthMs: number;
  /** Two members beyond are neighbours up to this distance. */
  readonly gapMs: (at: number) => number;
  /** What tells of the member that may follow one: whether a run is over must not hang on which of two topics was quicker. */
  readonly followedBy: (at: number) => Follower;
  readonly least: number;
  /** How far around a change its neighbours lie. */
  readonly padMs: number;
  /** What the content of its source at a time says; undefined: nothing. */
  readonly member: (at: number, content: unknown) => Member | undefined;
  readonly unit: (start: number) => string | null;
  /** The settings that it draws by. */
  readonly terms: Readonly<Record<string, number>>;
  /** One sentence for people. */
  readonly explain: (run: Run) => string;
}

export const subject = (
  channel: string | null,
  rule: EpisodeRecorded['rule'],
  limit: string | null,
  basis: EpisodeRecorded['basis'],
): Subject => ({ series: `${channel ?? '*'}/${rule}/${limit ?? '-'}`, channel, rule, limit, basis });

export const outageSubject: Subject = subject(null, 'outage', null, null);
