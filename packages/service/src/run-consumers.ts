import { rejectedTopic, replayedTopic, topicNamed } from '@quantrac/contracts';
import { consume, type Processor, withCommandsAgain } from '@quantrac/stream-processing';
import type { GroupHealth, ServiceDefinition, Stores, Surroundings } from './definition.ts';

export interface Consumers {
  readonly health: () => readonly GroupHealth[];
  /** Resolves when each has done the batch in hand. */
  close(): Promise<void>;
}

interface ConsumersShell extends Pick<Surroundings, 'peer' | 'step' | 'log'> {
  /** Told of each record beside the log. */
  readonly onRejected?: ((group: string) => void) | undefined;
}

/** One for each processor: all of them, or, where one cannot start, none. */
export async function startConsumers(
  { name, processors }: Pick<ServiceDefinition, 'name' | 'processors'>,
  stores: Pick<Stores, 'steps'>,
  { peer, step, log, onRejected }: ConsumersShell,
): Promise<Consumers> {
  const start = async (processor: Processor<unknown>) => ({
    group: processor.name,
    subscription: await consume({
      processor,
      step: step(withCommandsAgain(processor)),
      store: stores.steps,
      rejected: rejectedTopic(processor.name, name),
      replayed: replayedTopic(processor.name, name),
      history: (topic) => peer(topicNamed(topic)?.producer ?? name).history(topic),
      onRejected({ topic, id }, error) {
        onRejected?.(processor.name);
        log.error({ group: processor.name, topic, id, error }, 'a record was set aside');
      },
    }),
  });
  const settled = await Promise.allSettled(processors.map(start));
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async () =>
    throwFirst(await Promise.allSettled(started.map(({ subscription }) => subscription.close())));
  if (started.length < settled.length)
    await close().catch((error) => log.warn({ error }, 'a consumer could not be closed'));
  throwFirst(settled);
  return { health: () => started.map(({ group, subscription }) => ({ group, ...subscription.health() })), close };
}

function throwFirst(settled: readonly PromiseSettledResult<unknown>[]): void {
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
