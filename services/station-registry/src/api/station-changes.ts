import { type AppendOptions, commandHandler, Fault, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';
import { type ClaimedNames, type ClaimsEvent, claims, type NamesChange, namesByStation } from '../domain/claims.ts';
import { type StationChange, type StationCommand, type StationEvent, station } from '../domain/station.ts';
import { together } from '../domain/together.ts';
import type { RegistryView } from '../read-models/registry.ts';
import { claimsStream, stationStream } from '../read-models/streams.ts';
import { appendOptions } from './append-options.ts';

export interface StationChanged {
  readonly station: string;
  readonly version: number;
}

export interface StationChanges {
  /** All of them or none, unless somebody else changes the station between its names and the rest. */
  apply(
    station: string,
    asked: { readonly names?: readonly NamesChange[]; readonly changes?: readonly StationChange[] },
    context: CommandContext,
    cause?: string,
  ): Promise<StationChanged>;
  /** Brings stations up to their claimed names where a crash came between the two; done at every start. */
  followClaims(view: RegistryView): Promise<void>;
}

const stationTogether = together(station);
const registrar = { account: 'station-registry', role: 'system' };

/** Claims first, then the station: what is decided about names is told by the station's own stream. */
export const stationChanges = (events: EventStore): StationChanges => {
  const streams = events.streams<StationEvent>();
  const changeStation = commandHandler(stationTogether, streams);
  const changeClaims = commandHandler(together(claims), events.streams<ClaimsEvent>());

  /** Throws what the station would refuse, before a name is claimed for it. */
  const refuseEarly = async (id: string, commands: readonly StationCommand[], { commandId }: AppendOptions) => {
    const past = await streams.read(stationStream(id), commandId);
    if (past.answered !== undefined) return;
    const state = fold(station, past.events);
    stationTogether.decide(commands, state);
    if (state === undefined && commands.length === 0)
      throw Fault.notFound('StationUnknown', `no station is registered under ${id}: register it first`);
  };

  return {
    async apply(id, { names = [], changes = [] }, context, cause) {
      const at = toInstant(context.at);
      const options = appendOptions(context, cause);
      const commands: StationCommand[] = changes.map((change) => ({ ...change, at }));
      if (names.length > 0) {
        await refuseEarly(id, commands, options);
        const asked = names.map((change) => ({ ...change, station: id, at }));
        const { state } = await changeClaims(claimsStream, asked, options);
        commands.push(...follow(namesByStation(state).get(id)));
      }
      const { version } = await changeStation(stationStream(id), commands, options);
      return { station: id, version };
    },
    async followClaims(view) {
      const { claims, stations } = await view.current();
      for (const [id, claimed] of [...namesByStation(claims)]) {
        const known = stations.get(id);
        if (known === undefined || known.state.namesNumber >= claimed.number) continue;
        const cause = `claim:${claimed.number}`;
        const metadata = { ...registrar, at: claimed.at, cause };
        await changeStation(stationStream(id), follow(claimed), { commandId: cause, metadata });
      }
    },
  };
};

const follow = (claimed: ClaimedNames | undefined): readonly StationCommand[] =>
  claimed === undefined ? [] : [{ type: 'FollowNames', names: claimed.names, number: claimed.number, at: claimed.at }];
