import { setTimeout as sleep } from 'node:timers/promises';

const FRESH_MS = 3000;
const PATIENCE_MS = 3000;

/** What is asked of others every few seconds at most and never twice at once; undefined: they have not answered in time. */
export function askedAtTimes<Answer>(ask: () => Promise<Answer>): () => Promise<Answer | undefined> {
  let last: { readonly answer: Promise<Answer>; answeredAt: number } | undefined;
  return () => {
    if (!last || performance.now() - last.answeredAt > FRESH_MS) {
      const asked = { answer: ask(), answeredAt: Number.POSITIVE_INFINITY };
      const note = () => {
        asked.answeredAt = performance.now();
      };
      asked.answer.then(note, note);
      last = asked;
    }
    return Promise.race([last.answer, sleep(PATIENCE_MS, undefined, { ref: false })]);
  };
}
