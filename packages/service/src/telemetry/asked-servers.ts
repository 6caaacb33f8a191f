import { setTimeout as sleep } from 'node:timers/promises';

/** A server that stores lie on. */
export interface AskedServer {
  readonly name: 'Kafka' | 'MongoDB';
  /** Rejects while it does not answer; one request, without effect. */
  readonly ping: () => Promise<unknown>;
}

interface Question {
  readonly at: number;
  /** Undefined: it is there. */
  readonly reason: Promise<string | undefined>;
  answered: boolean;
}

const ASK_EVERY_MS = 3000;
const PATIENCE_MS = 3000;
const silent = `it does not answer within ${PATIENCE_MS / 1000} s`;

/** Asks servers whether they are there, each every few seconds at most, and never twice at once. */
export class AskedServers {
  readonly #servers: readonly AskedServer[];
  readonly #questions = new Map<AskedServer, Question>();

  constructor(servers: readonly AskedServer[]) {
    this.#servers = servers;
  }

  /** By name, why it is not there; undefined: it is. */
  async reasons(): Promise<ReadonlyMap<string, string | undefined>> {
    const reasons = this.#servers.map(async (server) => {
      const { reason } = this.#question(server);
      return [server.name, await Promise.race([reason, sleep(PATIENCE_MS, silent, { ref: false })])] as const;
    });
    return new Map(await Promise.all(reasons));
  }

  #question(server: AskedServer): Question {
    const last = this.#questions.get(server);
    if (last && (!last.answered || performance.now() - last.at < ASK_EVERY_MS)) return last;
    const question: Question = { at: performance.now(), reason: reasonOf(server), answered: false };
    void question.reason.then(() => {
      question.answered = true;
    });
    this.#questions.set(server, question);
    return question;
  }
}

const reasonOf = (server: AskedServer): Promise<string | undefined> =>
  server.ping().then(
    () => undefined,
    (error) => String((error as Error)?.message ?? error),
  );
