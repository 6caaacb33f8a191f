/** Which records go into the journal from an instant on: by topic, the types of its records. */
export interface ForwardingRule {
  /** ISO text; null: since ever. */
  readonly from: string | null;
  readonly records: Readonly<Record<string, readonly string[]>>;
}

/** Dated: of the rules that began at or before a record became known, the newest holds. */
export type ForwardingPolicy = readonly ForwardingRule[];

export const topicsOf = (policy: ForwardingPolicy): readonly string[] => [
  ...new Set(policy.flatMap(({ records }) => Object.keys(records))),
];

/** Whether a record goes into the journal. */
export function forwarding(policy: ForwardingPolicy): (topic: string, type: string, knownAt: string) => boolean {
  const rules = policy.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  return (topic, type, knownAt) => {
    const rule = rules.findLast(({ from }) => from === null || from <= knownAt);
    return rule?.records[topic]?.includes(type) ?? false;
  };
}
