import { type AppendOptions, commandHandler, Fault, fold, isFault } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';
import {
  type Claim,
  type ClaimsCommand,
  type ClaimsEvent,
  claims,
  claimsInForce,
  claimsOn,
  type NamesChange,
  namesAfter,
} from '../domain/claims.ts';
import { type StationChange, type StationCommand, type StationEvent, station } from '../domain/station.ts';
import { together } from '../domain/together.ts';
import type { RegistryView } from '../read-models/registry.ts';
import { claimsStream, stationStream } from '../read-models/streams.ts';
import { appendOptions } from './append-options.ts';

export interface StationChanged {
  readonly station: string;
  readonly version: number;
}

/** What one request asks of one station. */
export interface AskedChange {
  readonly station: string;
  readonly names: readonly NamesChange[];
  readonly changes: readonly StationChange[];
}

export interface StationChanges {
  change(station: string, asked: StationChange, context: CommandContext): Promise<StationChanged>;
  /** Names first, so that what is told of a station is its own; a station that refuses the rest claims nothing. */
  changeNamed(asked: AskedChange, context: CommandContext): Promise<StationChanged>;
  /** The names of several stations at once, or of none; the claims in force then. */
  claim(asked: readonly AskedChange[], context: CommandContext): Promise<ReadonlyMap<string, Claim>>;
  /** The rest of what was asked, in one commit with the names that were claimed. */
  commit(asked: AskedChange, claim: Claim | undefined, context: CommandContext): Promise<StationChanged>;
  /** Brings stations up to their claims where a crash, or a store that was away, came between the two; done at every start, and every minute. */
  followClaims(view: RegistryView): Promise<void>;
}

const stationTogether = together(station);
/** Between a claim and its station lies a commit; whoever is later than this has crashed between the two. */
const UNREGISTERED_MS = 60_000;
const registrar = { account: 'station-registry', role: 'system' };

export const stationChanges = (events: EventStore): StationChanges => {
  const streams = events.streams<StationEvent>();
  const handleStation = commandHandler(stationTogether, streams);
  const claimsStreams = events.streams<ClaimsEvent>();
  const handleClaims = commandHandler(together(claims), claimsStreams);

  const commit: StationChanges['commit'] = async ({ station, changes }, claim, context) => {
    const commands = [...dated(changes, context), ...follow(claim)];
    const { version } = await handleStation(stationStream(station), commands, appendOptions(context));
    return { station, version };
  };

  const claim: StationChanges['claim'] = async (asked, context) => {
    const at = toInstant(context.at);
    const commands = asked.flatMap(({ station, names }) => names.map((change) => ({ ...change, station, at })));
    const attempt = () => handleClaims(claimsStream, commands, appendOptions(context));
    const { state } = await attempt().catch(async (error) => {
      if (!isFault(error) || error.kind !== 'rejected' || !(await releaseUnregistered(asked, context))) throw error;
      return attempt();
    });
    return claimsInForce(state);
  };

  /** Frees wanted names that stations hold which were never registered, since a crash came between; whether there were any. */
  const releaseUnregistered = async (asked: readonly AskedChange[], context: CommandContext): Promise<boolean> => {
    const { events: past } = await claimsStreams.read(claimsStream, '');
    const state = fold(claims, past);
    const holding = asked.flatMap(({ names }) => claimsOn(state, namesAfter(names.filter(isWanted))));
    const commands: ClaimsCommand[] = [];
    for (const { station, at } of new Set(holding)) {
      if (context.at - Date.parse(at) < UNREGISTERED_MS) continue;
      const { version } = await streams.read(stationStream(station), '');
      if (version === 0) commands.push({ type: 'ReleaseNames', station, at: toInstant(context.at) });
    }
    if (commands.length === 0) return false;
    await handleClaims(
      claimsStream,
      commands,
      appendOptions({ ...context, commandId: `${context.commandId}/unregistered` }),
    );
    return true;
  };

  /** Throws what the station would refuse; what was committed already is not judged again. */
  const refuseEarly = async ({ station: id, changes }: AskedChange, context: CommandContext): Promise<void> => {
    const past = await streams.read(stationStream(id), context.commandId);
    if (past.answered !== undefined) return;
    const state = fold(station, past.events);
    if (state === undefined && changes.length === 0)
      throw Fault.notFound('StationUnknown', `no station is registered under ${id}: register it first`);
    stationTogether.decide(dated(changes, context), state);
  };

  return {
    change: (station, asked, context) => commit({ station, names: [], changes: [asked] }, undefined, context),
    async changeNamed(asked, context) {
      if (asked.names.length === 0) return commit(asked, undefined, context);
      await refuseEarly(asked, context);
      const claimed = await claim([asked], context);
      return commit(asked, claimed.get(asked.station), context);
    },
    claim,
    commit,
    async followClaims(view) {
      const { claims, stations } = await view.current();
      for (const claimed of claimsInForce(claims).values()) {
        const known = stations.get(claimed.station);
        if (known === undefined || known.state.namesNumber >= claimed.number) continue;
        await handleStation(stationStream(claimed.station), follow(claimed), asRegistrar(claimed));
      }
    },
  };
};

const isWanted = ({ type }: NamesChange): boolean => ['AddPrefix', 'SetFolder', 'AddAlias'].includes(type);

const dated = (changes: readonly StationChange[], { at }: CommandContext): StationCommand[] =>
  changes.map((change) => ({ ...change, at: toInstant(at) }));

const follow = (claim: Claim | undefined): StationCommand[] =>
  claim ? [{ type: 'FollowNames', names: claim.names, number: claim.number, at: claim.at }] : [];

const asRegistrar = ({ number, at }: Claim): AppendOptions => {
  const cause = `claim:${number}`;
  return { commandId: cause, metadata: { ...registrar, at, cause } };
};
