import type { Decider } from './decider.ts';
import { fold } from './decider.ts';
import { isFault } from './fault.ts';

/** What the handler needs of an event store: one stream, read whole and appended at an expected version. */
export interface EventStreams<Event> {
  /** `answered` is the version that an earlier append with this command id gave. */
  read(
    streamId: string,
    commandId: string,
  ): Promise<{ readonly version: number; readonly events: readonly Event[]; readonly answered?: number }>;
  /**
   * Appends all or nothing. A stream at another version is the Fault `conflict`.
   * A known `commandId` appends nothing and answers the version that its first append gave, of no events too.
   */
  append(streamId: string, expectedVersion: number, events: readonly Event[], options: AppendOptions): Promise<number>;
}

export interface AppendOptions {
  /** The same id twice gives the first result. */
  readonly commandId: string;
  /** Who, on whose behalf, from where, when: stored beside the events. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Handled<State, Event> {
  readonly state: State;
  readonly version: number;
  readonly events: readonly Event[];
}

const lostRacesAllowed = 20;

/** Load, decide, append; on a lost race load and decide again. */
export const commandHandler =
  <State, Command, Event>(decider: Decider<State, Command, Event>, streams: EventStreams<Event>) =>
  async (streamId: string, command: Command, options: AppendOptions): Promise<Handled<State, Event>> => {
    for (let attempt = 1; ; attempt++) {
      const { version, events: past, answered } = await streams.read(streamId, options.commandId);
      const state = fold(decider, past);
      if (answered !== undefined) return { state, version: answered, events: [] };
      const events = decider.decide(command, state);
      try {
        // Also when nothing was decided: sent again later, the same command must not do then what it had no reason to do.
        const next = await streams.append(streamId, version, events, options);
        return { state: fold(decider, events, state), version: next, events };
      } catch (error) {
        if (!isFault(error) || error.kind !== 'conflict' || attempt === lostRacesAllowed) throw error;
      }
    }
  };
