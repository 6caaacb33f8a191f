import { compareDecimals, subtractDecimals } from '@quantrac/regulations';

/** A value outside what its rule allows. */
export interface Beyond {
  /** Decimal; null where the rule looks at no value. */
  readonly value: string | null;
  /** The bound that it passed. */
  readonly threshold: string | null;
}

/**
 * One judged value of a series. What could not be judged (no mean, a reading that does not count, no limit on that day, a declared
 * period) is no member: it neither extends nor ends an episode.
 */
export interface Member {
  /** A reading's time; the instant at which a mean's period opens; ms. */
  readonly at: number;
  /** Undefined: within what is allowed. */
  readonly beyond?: Beyond | undefined;
}

/** Members beyond, each the neighbour of the next. */
export interface Run {
  readonly start: number;
  /** The last member's time. */
  readonly last: number;
  readonly members: number;
  /** The value farthest beyond its threshold; of equals the first. */
  readonly peak: string | null;
  readonly threshold: string | null;
  /** More may follow. */
  readonly open: boolean;
}

export interface RunRule {
  /** Two members beyond are neighbours when no member within lies between them and they are at most this apart. */
  readonly gapMs: (at: number) => number;
  /** Fewer members than this are no run. */
  readonly least: number;
  /** The newest member's time that may be known by now, of what can go on with a run that ends here: one that it has left by more than the gap is over. */
  readonly reached: (last: number) => number;
}

/** The runs of members, ascending by time; `head`: a run that the first members may go on with. */
export function runsOf(members: readonly Member[], { gapMs, least, reached }: RunRule, head?: Run): Run[] {
  const runs: Run[] = [];
  let run = head;
  const finish = (open: boolean) => {
    if (run && run.members >= least) runs.push(run.open === open ? run : { ...run, open });
    run = undefined;
  };
  for (const { at, beyond } of members) {
    if (run && (!beyond || at - run.last > gapMs(run.last))) finish(false);
    if (beyond) run = run ? extended(run, at, beyond) : begun(at, beyond);
  }
  if (run) finish(reached(run.last) - run.last <= gapMs(run.last));
  return runs;
}

const begun = (at: number, { value, threshold }: Beyond): Run => ({
  start: at,
  last: at,
  members: 1,
  peak: value,
  threshold,
  open: true,
});

/** The run with one more member behind its last. */
export const extended = (run: Run, at: number, beyond: Beyond): Run => ({
  ...run,
  last: at,
  members: run.members + 1,
  ...(isFarther(beyond, run) && { peak: beyond.value, threshold: beyond.threshold }),
});

const isFarther = ({ value, threshold }: Beyond, run: Run): boolean =>
  value !== null &&
  run.peak !== null &&
  compareDecimals(distance(value, threshold!), distance(run.peak, run.threshold!)) > 0;

const distance = (value: string, threshold: string): string => subtractDecimals(value, threshold).replace('-', '');
