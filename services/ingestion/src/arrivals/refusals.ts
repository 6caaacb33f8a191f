/** How often something was turned away since the start, by reason. Of what is refused nothing else is kept. */
export interface Refusals {
  note(reason: string): void;
  counts(): Readonly<Record<string, number>>;
}

export const refusalCounts = (): Refusals => {
  const counts = new Map<string, number>();
  return {
    note: (reason) => void counts.set(reason, (counts.get(reason) ?? 0) + 1),
    counts: () => Object.fromEntries(counts),
  };
};
