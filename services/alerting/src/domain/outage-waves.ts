import type { Decider } from '@quantrac/event-sourcing';
import type { TellEpisode, ToldEpisode } from './incident.ts';

/** An outage of a station, or of the node itself. */
export interface TakenOutage extends Omit<ToldEpisode, 'rule' | 'knownSince'> {
  readonly station: string;
  /** The last set before it, ms. */
  readonly start: number;
  /** What let it begin happened by then at the latest, ms; undefined: at its start. */
  readonly latest?: number | undefined;
  readonly nodeAway: boolean;
  /** Of its own, as long as it is not joined with others. */
  readonly incident: string;
  /** The station's outage that it followed on or came of, where it has its incident. */
  readonly partOf?: string | undefined;
  /** When it became known. */
  readonly at: string;
}

/** Stored for ever: names and shapes are the storage format. */
export type OutagesEvent =
  | { readonly type: 'OutageTaken'; readonly data: TakenOutage }
  | { readonly type: 'OutageChanged'; readonly data: ChangedOutage };

/** `backfilled`: only where it is live news by now; `summary`: only where it is another. */
type ChangedOutage = Pick<TakenOutage, 'episode' | 'standing' | 'version'> & {
  readonly backfilled?: false;
  readonly summary?: string;
};

export type TakeOutage = { readonly type: 'TakeOutage' } & Omit<TakenOutage, 'latest' | 'at'> & {
    /** How long after its start a set was waited for, ms. */
    readonly lateAfterMs?: number | undefined;
  };
export type OutagesCommand = TakeOutage & Pick<TakenOutage, 'at'>;

/** Outages that began on one day, by episode, in the order in which they were taken. */
export type Outages = ReadonlyMap<string, TakenOutage>;

export interface JoinRule {
  /** So many stations are one incident. */
  readonly joinOutagesFrom: number;
  /** The least time that a trouble is given to reach all of its stations. */
  readonly joinOutagesWithinMs: number;
}

const nothing: Outages = new Map();

/** Keeps which outages there are, those that were taken back too. */
export const takenOutages = (rule: JoinRule): Decider<Outages, OutagesCommand, OutagesEvent> => ({
  initial: nothing,
  decide: (command, outages) => taken(command, outages, rule),
  evolve,
});

function taken(command: OutagesCommand, outages: Outages, rule: JoinRule): readonly OutagesEvent[] {
  const { type: _, lateAfterMs = 0, ...told } = command;
  const { episode, standing, start, version } = told;
  const known = outages.get(episode);
  if (!known) {
    if (standing === 'withdrawn') return [];
    const latest = start + Math.max(lateAfterMs, rule.joinOutagesWithinMs);
    return [{ type: 'OutageTaken', data: { ...told, latest } }];
  }
  const live = known.backfilled && !told.backfilled && ({ backfilled: false } as const);
  if (known.standing === standing && !live) return [];
  const summary = known.summary !== told.summary && { summary: told.summary };
  return [{ type: 'OutageChanged', data: { episode, standing, version, ...live, ...summary } }];
}

/** Changes the state that it is given: a thousand outages at once must not copy it a thousand times. Every fold has one of its own. */
const evolve = (outages: Outages, { type, data }: OutagesEvent): Outages => {
  const own = (outages === nothing ? new Map() : outages) as Map<string, TakenOutage>;
  if (type === 'OutageTaken') own.set(data.episode, data);
  else own.set(data.episode, { ...own.get(data.episode)!, ...data });
  return own;
};

/** Outages that one trouble may have begun. */
interface Wave {
  /** The last moment at which all of them may have begun. */
  to: number;
  readonly stations: Set<string>;
  readonly nodeAway: boolean;
  /** Of the one that was taken first. */
  incident?: string;
}

/**
 * The incident of every outage, by episode (DESIGN 7.3). Which outages are one incident depends on which there are, not on the order in
 * which they were taken; that only names the incident, so that it keeps its name while others come. What was taken back since counts too:
 * nothing that is joined falls apart because data were filled in. A node's absence is one incident from the first.
 */
export function incidentsOf(days: readonly Outages[], { joinOutagesFrom }: JoinRule): ReadonlyMap<string, string> {
  const all = new Map(days.flatMap((day) => [...day]));
  const wholeOf = (outage: TakenOutage) => all.get(outage.partOf ?? '') ?? outage;
  const waves = wavesOf([...all.values()].filter((outage) => wholeOf(outage) === outage));
  return new Map(
    [...all.values()].map((outage) => {
      const whole = wholeOf(outage);
      const wave = waves.get(whole.episode);
      if (!wave || (!wave.nodeAway && wave.stations.size < joinOutagesFrom)) return [outage.episode, whole.incident];
      wave.incident ??= whole.incident;
      return [outage.episode, wave.incident];
    }),
  );
}

/** In the order of their beginnings each outage goes with those before it, where one moment may have begun them all. */
function wavesOf(outages: readonly TakenOutage[]): ReadonlyMap<string, Wave> {
  const waves = new Map<string, Wave>();
  const newest = new Map<boolean, Wave>();
  for (const { episode, station, start, latest = start, nodeAway } of outages.toSorted((a, b) => a.start - b.start)) {
    const before = newest.get(nodeAway);
    const wave = before && start <= before.to ? before : { to: latest, stations: new Set<string>(), nodeAway };
    wave.to = Math.min(wave.to, latest);
    wave.stations.add(station);
    newest.set(nodeAway, wave);
    waves.set(episode, wave);
  }
  return waves;
}

export const tellingOf = (outage: TakenOutage): TellEpisode => {
  const { episode, station, standing, summary, backfilled, version, nodeAway, at } = outage;
  const told = { episode, station: nodeAway ? null : station, rule: 'outage', standing, summary } as const;
  return { type: 'TellEpisode', ...told, backfilled, version, knownSince: at };
};
