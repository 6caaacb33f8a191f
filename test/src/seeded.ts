/** Whole numbers that a seed decides: the same seed gives the same ones in the same order. */
export interface Dice {
  readonly seed: number;
  /** From 0 up to below. */
  readonly below: (limit: number) => number;
  readonly shuffled: <One>(all: readonly One[]) => One[];
}

/** QUANTRAC_SEED repeats a run whose seed was printed. */
export function dice(seed = Number(process.env.QUANTRAC_SEED ?? Math.floor(Math.random() * 1_000_000))): Dice {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return {
    seed,
    below,
    shuffled(all) {
      const left = [...all];
      return all.map(() => left.splice(below(left.length), 1)[0]!);
    },
  };
}
