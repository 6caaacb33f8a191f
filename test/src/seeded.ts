/** Whole numbers that a seed decides: the same seed gives the same ones in the same order. */
export interface Dice {
  readonly seed: number;
  /** From 0 up to below. */
  readonly below: (limit: number) => number;
}

/** QUANTRAC_SEED repeats a run whose seed was printed. */
export function dice(seed = Number(process.env.QUANTRAC_SEED ?? Math.floor(Math.random() * 1_000_000))): Dice {
  let state = seed;
  return {
    seed,
    below(limit) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}
