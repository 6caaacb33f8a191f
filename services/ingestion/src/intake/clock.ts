import { Fault } from '@quantrac/event-sourcing';

/** Time as ingestion takes it: from the system, or from a simulator that says what time it is. */
export interface IntakeClock {
  readonly now: () => number;
  /** Only for a driven clock; never backward. */
  readonly advance: (to: number) => void;
}

export const systemClock = (clock: () => number): IntakeClock => ({
  now: clock,
  advance() {
    throw Fault.rejected(
      'ClockNotDriven',
      'this node lives by the clock of its system: start it with a driven clock to simulate',
    );
  },
});

/** Stands still until it is moved; before the first move it says the system's time. */
export function drivenClock(clock: () => number): IntakeClock {
  let at: number | undefined;
  return {
    now: () => at ?? clock(),
    advance(to) {
      if (at !== undefined && to < at) throw Fault.rejected('ClockBackward', 'the driven clock only goes forward');
      at = to;
    },
  };
}
