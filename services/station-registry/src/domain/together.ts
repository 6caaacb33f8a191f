import type { Decider } from '@quantrac/event-sourcing';

/** Several commands as one: each sees what those before it led to, and all are committed or none. */
export const together = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
): Decider<State, readonly Command[], Event> => ({
  ...decider,
  decide: (commands, state) => {
    const events: Event[] = [];
    let reached = state;
    for (const command of commands) {
      const decided = decider.decide(command, reached);
      reached = decided.reduce(decider.evolve, reached);
      events.push(...decided);
    }
    return events;
  },
});
