import type { CheckedReading, ReviewRecorded } from '@quantrac/contracts';

/** A review as it bears on readings. */
export type Judgement = Pick<
  ReviewRecorded,
  | 'review'
  | 'version'
  | 'channels'
  | 'from'
  | 'to'
  | 'decision'
  | 'correction'
  | 'reason'
  | 'by'
  | 'seenAt'
  | 'knownAt'
  | 'state'
>;

type Revised = Pick<CheckedReading, 'channel' | 'revision' | 'knownAt' | 'superseded'>;

export interface Judged {
  readonly judgement: Judgement;
  readonly review: NonNullable<CheckedReading['review']>;
  /** False: a revision came that it did not see, and waits for a person. */
  readonly decides: boolean;
}

/**
 * The newest review in force that saw the reading at its present revision; else the newest that saw an earlier one, which no longer
 * decides and stays beside it (DESIGN 7.1). Undefined: nobody saw it.
 */
export function judgementOf(
  reading: Revised,
  { time, receivedAt }: { readonly time: string; readonly receivedAt: string },
  judgements: readonly Judgement[],
): Judged | undefined {
  let found: { judgement: Judgement; revision: number } | undefined;
  for (const judgement of judgements) {
    if (judgement.state === 'revoked' || judgement.from > time || judgement.to < time) continue;
    if (!judgement.channels.includes(reading.channel)) continue;
    const revision = revisionSeen(reading, receivedAt, judgement.seenAt ?? judgement.knownAt);
    if (revision === undefined || (found && !supersedes({ judgement, revision }, found))) continue;
    found = { judgement, revision };
  }
  if (!found) return undefined;
  const { judgement, revision } = found;
  const { review, decision, by, knownAt: at, reason } = judgement;
  return { judgement, review: { review, decision, by, at, reason, revision }, decides: revision === reading.revision };
}

function supersedes(
  a: { judgement: Judgement; revision: number },
  b: { judgement: Judgement; revision: number },
): boolean {
  if (a.revision !== b.revision) return a.revision > b.revision;
  const [left, right] = [a.judgement, b.judgement];
  return left.knownAt === right.knownAt ? left.review > right.review : left.knownAt > right.knownAt;
}

/** The newest revision that was known at an instant. */
function revisionSeen({ revision, knownAt, superseded }: Revised, receivedAt: string, seenAt: string) {
  if ((knownAt ?? receivedAt) <= seenAt) return revision;
  return superseded?.findLast((earlier) => earlier.knownAt <= seenAt)?.revision;
}
