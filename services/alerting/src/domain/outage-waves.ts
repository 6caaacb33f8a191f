import type { Decider } from '@quantrac/event-sourcing';
import type { JoinIncident, TellEpisode, ToldEpisode } from './incident.ts';

/** An outage of a station, or of the node itself. */
export interface TakenOutage extends Omit<ToldEpisode, 'rule'> {
  readonly station: string;
  /** ms */
  readonly start: number;
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
  | { readonly type: 'OutageChanged'; readonly data: Pick<TakenOutage, 'episode' | 'standing'> }
  /** Its outages are one incident from then on; `by`: the outage that made them many. */
  | { readonly type: 'WaveJoined'; readonly data: { readonly wave: string; readonly by: string } };

export type OutagesCommand = { readonly type: 'TakeOutage' } & TakenOutage;

/** Outages that began within a short time of the first. */
export interface Wave {
  readonly incident: string;
  readonly start: number;
  readonly nodeAway: boolean;
  readonly outages: Readonly<Record<string, TakenOutage>>;
  readonly joinedBy?: string;
}

/** The outages of one day, by wave; each outage belongs to one. */
export interface Outages {
  readonly waves: Readonly<Record<string, Wave>>;
  readonly waveOf: Readonly<Record<string, string>>;
}

export interface JoinRule {
  /** So many stations are one incident. */
  readonly joinOutagesFrom: number;
  readonly joinOutagesWithinMs: number;
}

/** Which outages are one incident (DESIGN 7.3): decided across stations, hence by an aggregate. A node's absence is one from the first. */
export const outageWaves = (rule: JoinRule): Decider<Outages, OutagesCommand, OutagesEvent> => ({
  initial: { waves: {}, waveOf: {} },
  decide: ({ type: _, ...outage }, outages) => taken(outage, outages, rule),
  evolve,
});

function taken(outage: TakenOutage, outages: Outages, rule: JoinRule): readonly OutagesEvent[] {
  const { episode, standing } = outage;
  const known = outageOf(outages, episode);
  if (known) return known.standing === standing ? [] : [{ type: 'OutageChanged', data: { episode, standing } }];
  if (standing === 'withdrawn') return [];
  const whole = outage.partOf === undefined ? undefined : outageOf(outages, outage.partOf);
  const wave = whole ? outages.waves[outages.waveOf[whole.episode]!] : nearestWave(outage, outages, rule);
  const { incident } = whole ?? outage;
  const taken: OutagesEvent = { type: 'OutageTaken', data: { ...outage, incident, wave: wave?.incident ?? incident } };
  if (wave?.joinedBy) return [taken];
  const standingOnes = [outage, ...Object.values(wave?.outages ?? {})].filter((one) => one.standing !== 'withdrawn');
  const stations = new Set(standingOnes.map(({ station }) => station));
  if (!outage.nodeAway && stations.size < rule.joinOutagesFrom) return [taken];
  return [taken, { type: 'WaveJoined', data: { wave: taken.data.wave, by: episode } }];
}

function nearestWave({ start, nodeAway }: TakenOutage, { waves }: Outages, rule: JoinRule): Wave | undefined {
  const near = Object.values(waves).filter(
    (wave) => wave.nodeAway === nodeAway && Math.abs(wave.start - start) <= rule.joinOutagesWithinMs,
  );
  return near.sort((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start))[0];
}

const outageOf = ({ waves, waveOf }: Outages, episode: string): TakenOutage | undefined =>
  waves[waveOf[episode] ?? '']?.outages[episode];

const evolve = ({ waves, waveOf }: Outages, event: OutagesEvent): Outages => {
  switch (event.type) {
    case 'OutageTaken': {
      const { wave: incident, ...outage } = event.data;
      const { start, nodeAway, episode } = outage;
      const wave = waves[incident] ?? { incident, start, nodeAway, outages: {} };
      const outages = { ...wave.outages, [episode]: outage };
      return { waves: { ...waves, [incident]: { ...wave, outages } }, waveOf: { ...waveOf, [episode]: incident } };
    }
    case 'OutageChanged': {
      const { episode, standing } = event.data;
      const wave = waves[waveOf[episode]!]!;
      const outages = { ...wave.outages, [episode]: { ...wave.outages[episode]!, standing } };
      return { waves: { ...waves, [wave.incident]: { ...wave, outages } }, waveOf };
    }
    case 'WaveJoined': {
      const { wave, by } = event.data;
      return { waves: { ...waves, [wave]: { ...waves[wave]!, joinedBy: by } }, waveOf };
    }
  }
};

export interface Told {
  readonly incident: string;
  readonly command: TellEpisode | JoinIncident;
}

/** What incidents are to be told once an outage was taken; telling it again changes nothing. */
export function tellings(outages: Outages, episode: string): readonly Told[] {
  const wave = outages.waves[outages.waveOf[episode] ?? ''];
  if (!wave) return [];
  const outage = wave.outages[episode]!;
  if (!wave.joinedBy) return [telling(outage.incident, outage, outage.station)];
  if (wave.joinedBy !== episode) return [telling(wave.incident, outage, wave.nodeAway ? null : outage.station)];
  const inOrder = Object.values(wave.outages);
  const first = inOrder.slice(0, inOrder.indexOf(outage) + 1);
  return first.flatMap((one) => {
    const joined = telling(wave.incident, one, wave.nodeAway ? null : one.station);
    if (one.incident === wave.incident) return [joined];
    return [joined, { incident: one.incident, command: { type: 'JoinIncident', into: wave.incident } }];
  });
}

const telling = (incident: string, outage: TakenOutage, station: string | null): Told => {
  const { episode, standing, summary, backfilled } = outage;
  return {
    incident,
    command: { type: 'TellEpisode', episode, station, rule: 'outage', standing, summary, backfilled },
  };
};
