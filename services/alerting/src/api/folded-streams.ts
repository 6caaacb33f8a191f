import { setTimeout as sleep } from 'node:timers/promises';
import { type AppendOptions, type Decider, Fault, fold, isFault } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';

/** A stream that many commands go to in a row, folded once and not for each of them. */
export interface FoldedStreams<State, Command> {
  state(streamId: string): Promise<State>;
  /** Decides about the commands in their order and appends what they lead to, all or nothing. */
  handle(streamId: string, commands: readonly Command[], options: AppendOptions): Promise<void>;
}

interface Folded<State> {
  readonly version: number;
  readonly state: State;
}

const MOST_KEPT = 64;
const LOST_RACES_ALLOWED = 20;
/** By chance, and longer with each race that was lost: who has just won is as quick again. */
const BACK_OFF_MS = 20;

export function foldedStreams<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: EventStore,
): FoldedStreams<State, Command> {
  const kept = new Map<string, Folded<State>>();
  const load = async (streamId: string): Promise<Folded<State>> => {
    const { version, events: past } = await events.read<Event>(streamId);
    return { version, state: fold(decider, past) };
  };
  const keep = (streamId: string, folded: Folded<State>) => {
    kept.set(streamId, folded);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  };
  /** Its version afterwards; undefined: another was quicker. */
  const append = async (streamId: string, version: number, made: readonly Event[], options: AppendOptions) => {
    try {
      return await events.append(streamId, version, made, options);
    } catch (error) {
      if (isFault(error) && error.kind === 'conflict') return undefined;
      throw error;
    }
  };
  return {
    async state(streamId) {
      const folded = kept.get(streamId) ?? (await load(streamId));
      keep(streamId, folded);
      return folded.state;
    },
    async handle(streamId, commands, options) {
      for (let attempt = 1; attempt <= LOST_RACES_ALLOWED; attempt++) {
        const known = kept.get(streamId);
        let { version, state } = known ?? (await load(streamId));
        // Nobody else decides by a state that is not appended yet; after a failure it is read again.
        kept.delete(streamId);
        const made: Event[] = [];
        for (const command of commands) {
          const next = decider.decide(command, state);
          state = fold(decider, next, state);
          made.push(...next);
        }
        // what is kept may be older than what another instance has appended, and no append would find that out
        if (made.length === 0 && known) continue;
        const after = made.length === 0 ? version : await append(streamId, version, made, options);
        if (after === undefined) {
          await sleep(Math.random() * attempt * BACK_OFF_MS);
          continue;
        }
        // Any other version is that of an earlier try, whose result stands.
        if (after === version + made.length) keep(streamId, { version: after, state });
        return;
      }
      throw Fault.unavailable('StreamBusy', `${streamId} is written to so often that no command gets through now`);
    },
  };
}
