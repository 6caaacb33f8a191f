/** One aggregate: a pure rule from command and state to events, and from events to state. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  /** The same request again gives `[]`; a broken rule throws a `Fault`. */
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
}

export const fold = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: readonly Event[],
  from: State = decider.initial,
): State => events.reduce(decider.evolve, from);
