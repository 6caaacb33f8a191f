import { commandHandler, fold } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import type { CommandContext } from '@quantrac/service';
import { type GrantedPermit, type PermitEvent, permit, spanOfPermit } from '../domain/permit.ts';
import { type StationLimitsCommand, type StationLimitsEvent, stationLimits } from '../domain/station-limits.ts';
import { notedKey, type RegisterView } from '../read-models/register-view.ts';
import { permitStream, stationLimitsStream } from '../read-models/streams.ts';
import { appendOptions } from './append-options.ts';

export interface StationTeller {
  /** Tells every station that the permit has ever named what it demands there now. Told again, it changes nothing. */
  tell(permit: string, context: CommandContext): Promise<void>;
  /** Tells what a crash, or a store that was away, left untold between a permit and its stations; done at every start, and every minute. */
  tellUntold(view: RegisterView): Promise<void>;
}

/** Takes what a permit says to the limits of its stations, each a stream of its own. */
export const stationTeller = (events: EventStore): StationTeller => {
  const note = commandHandler(stationLimits, events.streams<StationLimitsEvent>());

  const tell = async (id: string, context: CommandContext): Promise<void> => {
    const { version, events: past } = await events.read<PermitEvent>(permitStream(id));
    const state = fold(permit, past);
    if (state.status === 'unknown') return;
    for (const station of state.stations)
      await note(stationLimitsStream(station), noteOf(state, version, station), appendOptions(context));
  };
  return {
    tell,
    async tellUntold(view) {
      const { permits, noted } = await view.current();
      const untold = [...permits].filter(([id, { state, version }]) =>
        state.stations.some((station) => (noted.get(notedKey(station, id)) ?? 0) < version),
      );
      for (const [id, { state, version }] of untold)
        await tell(id, {
          actor: { account: 'enterprise-compliance', role: 'system' },
          commandId: `permit:${id}/${version}`,
          at: Date.parse(state.at),
        });
    },
  };
};

const noteOf = (state: GrantedPermit, version: number, station: string): StationLimitsCommand => {
  const { permit: id, facility, from, to, at } = state;
  const span = spanOfPermit(state);
  const rules = span ? state.rules.filter((rule) => rule.station === station) : [];
  return { type: 'NotePermit', permit: { permit: id, facility, version, ...(span ?? { from, to }), rules }, at };
};
