import type { ComplianceDayEvaluated, EpisodeRecorded, IncidentRecorded } from '@quantrac/contracts';
import type { Description, FaultKind, InjectedFault } from '@quantrac/simulator';
import type { Holdings } from './figures.ts';

/** What a node made of one fault that the simulator made. */
export interface FaultFound {
  readonly kind: FaultKind;
  readonly stationCode: string;
  readonly station: string | null;
  readonly channel: string | null;
  /** By the stamps of the readings. */
  readonly from: string;
  readonly to: string;
  /** What must come of it at its station; null: it shows in flags, counts or what is held. */
  readonly expects: EpisodeRecorded['rule'] | 'exceeding day' | null;
  readonly episodes: readonly Pick<EpisodeRecorded, 'episode' | 'state' | 'start' | 'end' | 'explanation'>[];
  /** Those that such an episode belongs to. */
  readonly incidents: readonly string[];
  /** Days whose verdict is that the limit was exceeded. */
  readonly exceedingDays: readonly string[];
  readonly found: boolean;
}

const expected: Partial<Record<FaultKind, NonNullable<FaultFound['expects']>>> = {
  exceedance: 'exceedance',
  'exceeding-day': 'exceeding day',
  outage: 'outage',
  'stuck-sensor': 'technical-fault',
};

type Held = Pick<Holdings, 'episodes' | 'incidents' | 'days'>;

/** Each fault beside what was found of it; `stations`: ids by the codes of the simulation. */
export const faultsFound = (
  described: Description,
  stations: ReadonlyMap<string, string>,
  held: Held,
): readonly FaultFound[] =>
  described.faults.map((fault) => {
    const { kind, stationCode, from, to } = fault;
    const station = stations.get(stationCode) ?? null;
    const channel = channelOf(fault, described);
    const expects = expected[kind] ?? null;
    const episodes = held.episodes.filter((one) => one.rule === expects && isOf(one, fault, { station, channel }));
    const incidents = held.incidents.filter((one) => isAbout(one, episodes)).map(({ incident }) => incident);
    const days = held.days.filter((one) => expects === 'exceeding day' && exceeds(one, fault, { station, channel }));
    const noticed = expects === 'exceeding day' ? days.length > 0 : episodes.length > 0 && incidents.length > 0;
    return {
      ...{ kind, stationCode, station, channel, expects, incidents },
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      episodes: episodes.map(({ episode, state, start, end, explanation }) => {
        return { episode, state, start, end, explanation };
      }),
      exceedingDays: days.map(({ day }) => day),
      found: noticed,
    };
  });

interface Place {
  readonly station: string | null;
  readonly channel: string | null;
}

const channelOf = ({ stationCode, channel }: InjectedFault, { stations }: Description): string | null =>
  stations.find(({ code }) => code === stationCode)?.channels.find(({ symbol }) => symbol === channel)?.code ?? null;

/** An outage is the whole station's. */
const isOf = (episode: EpisodeRecorded, { from, to }: InjectedFault, { station, channel }: Place): boolean =>
  episode.station === station &&
  (episode.channel === null || episode.channel === channel) &&
  Date.parse(episode.start) < to &&
  (episode.end === null || Date.parse(episode.end) >= from);

const isAbout = (incident: IncidentRecorded, episodes: readonly EpisodeRecorded[]): boolean =>
  incident.episodes.some(({ episode }) => episodes.some((one) => one.episode === episode));

const exceeds = (day: ComplianceDayEvaluated, { from }: InjectedFault, { station, channel }: Place): boolean =>
  day.station === station && day.channel === channel && day.verdict === 'exceeds' && day.day === localDay(from);

const localDay = (ms: number): string => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
