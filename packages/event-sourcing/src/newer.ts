/** A state as it was told: versions grow, and so does what is known. */
export interface Told<Instant extends string | number> {
  readonly version: number;
  readonly knownAt: Instant;
}

/**
 * Which of two states of one thing is the newer, whatever order they come in. What was restored from an earlier copy gives versions a second
 * time and is known later; of what became known at the same moment the version tells.
 */
export const isNewer = <Instant extends string | number>(one: Told<Instant>, other: Told<Instant>): boolean =>
  one.knownAt === other.knownAt ? one.version > other.version : one.knownAt > other.knownAt;
