import type { Results } from './equal.ts';

/** By key, each of its receipts and which of them it is, in the order of arrival. */
export type ReceiptRanks = ReadonlyMap<string, ReadonlyMap<string, string>>;

const receipt = /"((?:[a-z]+:)?([^"/:]+)\/(\d+))"/g;

/** Numbers of receipts rise with gaps that depend on how long an intake took; their order for a key does not. */
export function receiptRanks(results: Results): ReceiptRanks {
  const numbers = new Map<string, Map<string, number>>();
  for (const { key, value } of [...results.values()].flat())
    for (const [, name, , number] of Buffer.from(value).toString().matchAll(receipt)) {
      const ofKey = numbers.get(key) ?? new Map<string, number>();
      numbers.set(key, ofKey.set(name!, Number(number)));
    }
  return new Map([...numbers].map(([key, ofKey]) => [key, ranksOf(ofKey)]));
}

function ranksOf(numbers: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  const inOrder = [...new Set(numbers.values())].sort((a, b) => a - b);
  const rank = new Map(inOrder.map((number, index) => [number, index + 1]));
  return new Map(
    [...numbers].map(([name, number]) => [name, `${name.slice(0, name.lastIndexOf('/'))}#${rank.get(number)}`]),
  );
}

/** A record's content with its receipts named by their ranks. */
export function ranked(content: unknown, ranks: ReadonlyMap<string, string> | undefined): unknown {
  if (typeof content === 'string') return ranks?.get(content) ?? content;
  if (Array.isArray(content)) return content.map((one) => ranked(one, ranks));
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, ranked(value, ranks)]));
}
