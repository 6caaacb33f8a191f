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

/** Within a process commands to one stream take turns: only another process wins a race, and not always, as the store's waits vary. */
const lostRacesAllowed = 100;

/** Load, decide, append; on a lost race load and decide again. */
export const commandHandler = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  streams: EventStreams<Event>,
) => {
  const handle = async (streamId: string, command: Command, options: AppendOptions): Promise<Handled<State, Event>> => {
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
  const inTurn = turns();
  return (...[streamId, command, options]: Parameters<typeof handle>) =>
    inTurn(streamId, () => handle(streamId, command, options));
};

/** Work of one name is done one after another, in the order that it came. */
const turns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
};
