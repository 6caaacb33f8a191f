/** Tries until it holds; the last failure when it does not within the time. */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  { withinMs = 15_000, everyMs = 25 } = {},
): Promise<Result> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
