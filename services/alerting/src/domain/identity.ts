/** What tells an episode from the others of its series. */
export interface Claimant {
  /** Its start when it was opened: with station, channel, rule and limit its identity, never changed. */
  readonly opened: number;
  /** Given at opening. */
  readonly ordinal: number;
}

export interface Extent {
  readonly start: number;
  /** Exclusive. */
  readonly until: number;
}

export interface Matched<Known, Found> {
  readonly amended: readonly { readonly known: Known; readonly found: Found }[];
  /** Withdrawn ones whose opening lies in a run again. */
  readonly revived: readonly { readonly known: Known; readonly found: Found }[];
  readonly opened: readonly Found[];
  /** `into`: the episode that has swallowed it; undefined: nothing is left of it. */
  readonly withdrawn: readonly { readonly known: Known; readonly into: Known | undefined }[];
}

/**
 * Which run is which episode, after data changed. An episode is the run that holds its opening; where that is gone, the first run that it
 * overlaps. Of several in one run the earliest opened (the lowest ordinal) keeps it and the others are withdrawn, merged into it. A run
 * that none claims revives a withdrawn episode that was opened inside it, or opens a new one. Nothing is ever renumbered.
 */
export function match<Known extends Claimant & Extent, Found extends Extent>(
  known: readonly Known[],
  withdrawn: readonly Known[],
  found: readonly Found[],
): Matched<Known, Found> {
  const claims = new Map<Found, Known>();
  const claimed = new Set<Known>();
  const claim = (claimants: readonly Known[], fits: (claimant: Known, run: Found) => boolean) => {
    for (const claimant of [...claimants].sort((a, b) => a.ordinal - b.ordinal)) {
      const run = claimed.has(claimant) ? undefined : found.find((run) => !claims.has(run) && fits(claimant, run));
      if (!run) continue;
      claims.set(run, claimant);
      claimed.add(claimant);
    }
  };
  claim(known, holdsOpening);
  claim(known, overlap);
  const current = new Set(claimed);
  claim(withdrawn, holdsOpening);
  const pairs = [...claims].map(([run, claimant]) => ({ known: claimant, found: run }));
  return {
    amended: pairs.filter((pair) => current.has(pair.known)),
    revived: pairs.filter((pair) => !current.has(pair.known)),
    opened: found.filter((run) => !claims.has(run)),
    withdrawn: known
      .filter((one) => !claimed.has(one))
      .map((one) => ({ known: one, into: pairs.find((pair) => overlap(one, pair.found))?.known })),
  };
}

const holdsOpening = ({ opened }: Claimant, { start, until }: Extent): boolean => start <= opened && opened < until;

const overlap = (a: Extent, b: Extent): boolean => a.start < b.until && b.start < a.until;
