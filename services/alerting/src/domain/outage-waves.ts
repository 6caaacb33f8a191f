import type { Decider } from '@quantrac/event-sourcing';
import type { JoinIncident, TellEpisode, ToldEpisode } from './incident.ts';

/** An outage of a station, or of the node itself. */
export interface TakenOutage extends Omit<ToldEpisode, 'rule'> {
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
}

/** Stored for ever: names and shapes are the storage format. */
export type OutagesEvent =
  /** `wave`: the incident of its first outage. */
  | { readonly type: 'OutageTaken'; readonly data: TakenOutage & { readonly wave: string } }
  | { readonly type: 'OutageChanged'; readonly data: ChangedOutage }
  /** Its outages are one incident from then on; `by`: the outage that made them many. */
  | { readonly type: 'WaveJoined'; readonly data: { readonly wave: string; readonly by: string } };

/** `backfilled`: only where it is live news by now. */
type ChangedOutage = Pick<TakenOutage, 'episode' | 'standing' | 'version'> & { readonly backfilled?: false };

export type OutagesCommand = { readonly type: 'TakeOutage' } & Omit<TakenOutage, 'latest'> & {
    /** How long after its start a set was waited for, ms. */
    readonly lateAfterMs?: number | undefined;
  };

/** Outages that one trouble may have begun. */
interface Wave {
  readonly incident: string;
  readonly start: number;
  readonly nodeAway: boolean;
  /** When that trouble may have been, by all of its outages. */
  from: number;
  to: number;
  readonly outages: Map<string, TakenOutage>;
  joinedBy?: string;
}

/** The outages of one day, by wave; each outage belongs to one. */
export interface Outages {
  readonly waves: Map<string, Wave>;
  readonly waveOf: Map<string, string>;
}

export interface JoinRule {
  /** So many stations are one incident. */
  readonly joinOutagesFrom: number;
  /** The least time that a trouble is given to reach all of its stations. */
  readonly joinOutagesWithinMs: number;
}

const nothing: Outages = { waves: new Map(), waveOf: new Map() };

/** Which outages are one incident (DESIGN 7.3): decided across stations, hence by an aggregate. A node's absence is one from the first. */
export const outageWaves = (rule: JoinRule): Decider<Outages, OutagesCommand, OutagesEvent> => ({
  initial: nothing,
  decide: (command, outages) => taken(command, outages, rule),
  evolve,
});

function taken(command: OutagesCommand, outages: Outages, rule: JoinRule): readonly OutagesEvent[] {
  const { type: _, lateAfterMs = 0, ...told } = command;
  const { episode, standing, start, version } = told;
  const known = outageOf(outages, episode);
  if (known) {
    const live = known.backfilled && !told.backfilled && ({ backfilled: false } as const);
    if (known.standing === standing && !live) return [];
    return [{ type: 'OutageChanged', data: { episode, standing, version, ...live } }];
  }
  if (standing === 'withdrawn') return [];
  const outage = { ...told, latest: start + Math.max(lateAfterMs, rule.joinOutagesWithinMs) };
  const whole = outage.partOf === undefined ? undefined : outageOf(outages, outage.partOf);
  const wave = whole ? outages.waves.get(outages.waveOf.get(whole.episode)!) : nearestWave(outage, outages);
  const { incident } = whole ?? outage;
  const taken: OutagesEvent = { type: 'OutageTaken', data: { ...outage, incident, wave: wave?.incident ?? incident } };
  if (wave?.joinedBy || (!outage.nodeAway && !isMany(wave, outage.station, rule))) return [taken];
  return [taken, { type: 'WaveJoined', data: { wave: taken.data.wave, by: episode } }];
}

function isMany(wave: Wave | undefined, station: string, { joinOutagesFrom }: JoinRule): boolean {
  const stations = new Set([station]);
  for (const one of wave?.outages.values() ?? []) if (one.standing !== 'withdrawn') stations.add(one.station);
  return stations.size >= joinOutagesFrom;
}

/** There is a moment at which all of its outages may have begun, and this one too. */
function nearestWave({ start, latest = start, nodeAway }: Omit<TakenOutage, 'incident'>, { waves }: Outages) {
  let nearest: Wave | undefined;
  for (const wave of waves.values()) {
    if (wave.nodeAway !== nodeAway || wave.from > latest || start > wave.to) continue;
    if (!nearest || Math.abs(wave.start - start) < Math.abs(nearest.start - start)) nearest = wave;
  }
  return nearest;
}

const outageOf = ({ waves, waveOf }: Outages, episode: string): TakenOutage | undefined =>
  waves.get(waveOf.get(episode) ?? '')?.outages.get(episode);

/** Which of these days an outage is to be taken on: where it, its whole or its wave is already, else the first. */
export function dayFor(command: OutagesCommand, days: readonly Outages[], rule: JoinRule): number {
  const latest = command.start + Math.max(command.lateAfterMs ?? 0, rule.joinOutagesWithinMs);
  const knows = (episode: string | undefined) =>
    days.findIndex((day) => episode !== undefined && day.waveOf.has(episode));
  const places = [knows(command.episode), knows(command.partOf)];
  places.push(days.findIndex((day) => nearestWave({ ...command, latest }, day) !== undefined));
  return places.find((place) => place >= 0) ?? 0;
}

/** Changes the state that it is given: a thousand outages at once must not copy it a thousand times. Every fold has one of its own. */
const evolve = (outages: Outages, event: OutagesEvent): Outages => {
  const own = outages === nothing ? { waves: new Map<string, Wave>(), waveOf: new Map<string, string>() } : outages;
  switch (event.type) {
    case 'OutageTaken':
      take(own, event.data);
      return own;
    case 'OutageChanged': {
      const { episode } = event.data;
      const { outages: all } = own.waves.get(own.waveOf.get(episode)!)!;
      all.set(episode, { ...all.get(episode)!, ...event.data });
      return own;
    }
    case 'WaveJoined':
      own.waves.get(event.data.wave)!.joinedBy = event.data.by;
      return own;
  }
};

function take(
  { waves, waveOf }: Outages,
  { wave: incident, ...outage }: TakenOutage & { readonly wave: string },
): void {
  const { start, latest = start, nodeAway, episode, partOf } = outage;
  const wave = waves.get(incident) ?? { incident, start, nodeAway, from: start, to: latest, outages: new Map() };
  waves.set(incident, wave);
  waveOf.set(episode, incident);
  wave.outages.set(episode, outage);
  if (partOf !== undefined) return;
  wave.from = Math.max(wave.from, start);
  wave.to = Math.min(wave.to, latest);
}

export interface Told {
  readonly incident: string;
  readonly command: TellEpisode | JoinIncident;
}

/** What incidents are to be told once an outage was taken; telling it again changes nothing. */
export function tellings(outages: Outages, episode: string): readonly Told[] {
  const wave = outages.waves.get(outages.waveOf.get(episode) ?? '');
  if (!wave) return [];
  const outage = wave.outages.get(episode)!;
  if (!wave.joinedBy) return [telling(outage.incident, outage, outage.station)];
  if (wave.joinedBy !== episode) return [telling(wave.incident, outage, wave.nodeAway ? null : outage.station)];
  const inOrder = [...wave.outages.values()];
  const first = inOrder.slice(0, inOrder.indexOf(outage) + 1);
  return first.flatMap((one) => {
    const joined = telling(wave.incident, one, wave.nodeAway ? null : one.station);
    if (one.incident === wave.incident) return [joined];
    return [joined, { incident: one.incident, command: { type: 'JoinIncident', into: wave.incident } }];
  });
}

const telling = (incident: string, outage: TakenOutage, station: string | null): Told => {
  const { episode, standing, summary, backfilled, version } = outage;
  return {
    incident,
    command: { type: 'TellEpisode', episode, station, rule: 'outage', standing, summary, backfilled, version },
  };
};
