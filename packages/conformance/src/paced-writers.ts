export interface Pace {
  readonly writers: number;
  readonly rounds: number;
  readonly everyMs: number;
}

/** How long writes took, ms. */
export interface WriteTimes {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** So many writers, each writing at its own pace, waiting for its last write before the next. */
export async function pacedWriters(
  { writers, rounds, everyMs }: Pace,
  write: (writer: number, round: number) => Promise<unknown>,
): Promise<WriteTimes> {
  const times: number[] = [];
  const begin = performance.now();
  const writing = Array.from({ length: writers }, async (_, writer) => {
    for (let round = 0; round < rounds; round++) {
      const due = begin + (round + writer / writers) * everyMs;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const start = performance.now();
      await write(writer, round);
      times.push(performance.now() - start);
    }
  });
  await Promise.all(writing);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1]!;
  return { p50: at(0.5), p99: at(0.99), longest: at(1) };
}

export const inWords = ({ p50, p99, longest }: WriteTimes): string =>
  `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`;
