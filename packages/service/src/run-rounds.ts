import type { Running } from './definition.ts';

export interface Rounds {
  readonly round: () => Promise<unknown>;
  readonly everyMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Looks at what waits again and again, one round at a time. */
export function runRounds({ round, everyMs, onFailure }: Rounds): Running {
  let working = Promise.resolve();
  let busy = false;
  const look = () => {
    if (busy) return;
    busy = true;
    working = round()
      .then(() => {})
      .catch(onFailure)
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
