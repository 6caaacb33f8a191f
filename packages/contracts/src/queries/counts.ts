import { z } from 'zod';

/** What an owner shows of itself in numbers, by section and name, in the order in which they are shown: query `counts`. */
export const counts = {
  args: z.object({}),
  row: z.object({ section: z.string(), name: z.string(), count: z.int().min(0) }),
};
export type CountRow = z.infer<typeof counts.row>;

export const countRows = (section: string, figures: Iterable<readonly [string | number, number]>): CountRow[] =>
  [...figures].map(([name, count]) => ({ section, name: String(name), count }));
