/** One trouble of a station: an outage and those that followed on it or came of it. */
export interface Silence {
  /** Its first outage. */
  readonly root: string;
  /** When that began as it was first told, ms. */
  readonly told: number;
  /** The earliest beginning and the latest end that any of its outages has had. */
  readonly from: number;
  readonly until: number;
  /** The outage of it that lasts. */
  readonly lasting: string | null;
  readonly nodeAway: boolean;
}

export interface SilentStretch {
  readonly episode: string;
  /** The silence that it was told in before. */
  readonly root: string | undefined;
  readonly start: number;
  /** null while it lasts. */
  readonly end: number | null;
  readonly nodeAway: boolean;
}

/** So many are remembered, by when something was last told of them: an old one may be just being filled in. */
const MOST = 10;

/**
 * The silence that an outage belongs to. Data that are filled in afterwards cut an outage in pieces, until nothing is left: the pieces are
 * one trouble, and so is an outage that begins where the one before has ended. A node's absence and a station's outage are two.
 */
export function silenceOf(silences: readonly Silence[], stretch: SilentStretch): Silence {
  const { episode, root, start, end, nodeAway } = stretch;
  const isOwn = (one: Silence) =>
    one.nodeAway === nodeAway && one.from <= start && (one.lasting !== null || start <= one.until);
  const fitting = silences.filter((one) => (root === undefined ? isOwn(one) : one.root === root));
  const own = fitting.toSorted((a, b) => a.from - b.from)[0];
  const known = own ?? { root: root ?? episode, told: start, from: start, until: start, lasting: null, nodeAway };
  return {
    ...known,
    from: Math.min(known.from, start),
    until: Math.max(known.until, end ?? start),
    lasting: end === null ? episode : known.lasting === episode ? null : known.lasting,
  };
}

export const withSilence = (silences: readonly Silence[], silence: Silence): Silence[] =>
  [...silences.filter(({ root }) => root !== silence.root), silence].slice(-MOST);
