/** Half of the connections: many questions must neither wait for a connection until that fails nor keep others from one. */
const AT_ONCE = 8;

/** Asks for each, a few at a time; answers in their order. The first error ends it. */
export async function fewAtOnce<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const askOn = async () => {
    for (const [at, item] of waiting) answers[at] = await ask(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  return answers;
}
