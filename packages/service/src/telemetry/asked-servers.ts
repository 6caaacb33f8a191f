import { askedAtTimes } from './asked-at-times.ts';

/** A server that stores lie on. */
export interface AskedServer {
  readonly name: 'Kafka' | 'MongoDB';
  /** Rejects while it does not answer; one request, without effect. */
  readonly ping: () => Promise<unknown>;
}

/** By server, why it is not there; undefined: it is. */
export type Reasons = ReadonlyMap<AskedServer['name'], string | undefined>;

/** How servers are asked whether they are there. */
export function asked(servers: readonly AskedServer[]): () => Promise<Reasons> {
  const questions = servers.map(({ name, ping }) => {
    const reason = askedAtTimes(() =>
      ping().then(
        () => ({ reason: undefined }),
        (error) => ({ reason: String((error as Error)?.message ?? error) }),
      ),
    );
    return async () => [name, ((await reason()) ?? { reason: 'it does not answer in time' }).reason] as const;
  });
  return async () => new Map(await Promise.all(questions.map((ask) => ask())));
}
