import type { Digest } from '@quantrac/contracts/digest';
import type { DigestsAsked, DigestsTold } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault } from '@quantrac/event-sourcing';

interface Question {
  readonly digests: Digest[];
  readonly heard: () => void;
  readonly resolve: (all: readonly Digest[]) => void;
  readonly reject: (error: Error) => void;
}

/** A node that is asked for its digests says at least so often that it still works on them. */
const ANSWER_WITHIN_MS = 60_000;

/** What a node is asked for on its stream, and what it answers, part by part. */
export class DigestQuestions {
  readonly #open = new Map<string, Question>();
  #asked = 0;

  /** The Fault `unavailable` when the node goes away, or says nothing any more, before it has answered. */
  async ask(
    node: string,
    asked: Omit<DigestsAsked, 'request'>,
    write: (question: DigestsAsked) => void,
  ): Promise<readonly Digest[]> {
    const request = `${++this.#asked}`;
    const late = Fault.unavailable('NodeCannotAnswer', `${node} does not answer what it holds: ask again`);
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<readonly Digest[]>((resolve, reject) => {
      timer = setTimeout(() => reject(late), ANSWER_WITHIN_MS);
      this.#open.set(request, { digests: [], heard: () => void timer!.refresh(), resolve, reject });
    });
    try {
      write({ ...asked, request });
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#open.delete(request);
    }
  }

  take(node: string, { request, digests, last, fault }: DigestsTold): void {
    const question = this.#open.get(request);
    if (!question) return;
    question.heard();
    question.digests.push(...digests);
    if (!last) return;
    if (fault === '') question.resolve(question.digests);
    else question.reject(Fault.unavailable('NodeCannotAnswer', `${node} cannot compare now: ${fault}`));
  }

  /** The node has gone. */
  end(node: string): void {
    for (const { reject } of this.#open.values())
      reject(Fault.unavailable('NodeAway', `${node} went away before it had answered`));
  }
}
