import { rejectedTopic, type TopicDeclaration } from '@quantrac/contracts';
import { type OnContradicted, Step, type StepOptions, type WatchBatch } from '@quantrac/stream-processing';
import type { Logger } from 'pino';
import type { GroupHealth, ServiceDefinition, Stores, Surroundings } from './definition.ts';

export interface StepMaker {
  readonly step: Surroundings['step'];
  /** Publishes what the steps have still to tell. */
  close(): Promise<void>;
  /** By group that publishes behind its taking, for how long its oldest row has waited. */
  readonly untoldMs: () => ReadonlyMap<string, number>;
  /** Where the steps made so far set records aside. */
  readonly rejected: () => readonly TopicDeclaration[];
  /** Beside what is known of the groups: what each would have contradicted, a step that no topic feeds among them. */
  readonly withContradicted: (groups: readonly GroupHealth[]) => readonly GroupHealth[];
}

export interface StepMakerOptions {
  readonly stores: Pick<Stores, 'steps' | 'log'>;
  readonly node: string;
  readonly log: Logger;
  readonly watch: (group: string) => WatchBatch;
  /** Told of each command of a group that was set aside, beside the log. */
  readonly onRejected?: ((group: string) => void) | undefined;
  /** Not there yet while it is made. */
  readonly definition: () => Pick<ServiceDefinition, 'name' | 'topics' | 'aggregates'>;
}

/** Makes a service's steps, all over the same stores. */
export function stepMaker({ stores, node, log, watch, onRejected, definition }: StepMakerOptions): StepMaker {
  const rejected = new Map<string, TopicDeclaration>();
  const { onContradicted, withContradicted } = contradictions(log);
  const handle: StepOptions<unknown>['handle'] = async (asked) => {
    const { aggregate, streamId, command, commandId, knownAt, traceparent } = asked;
    const { name, aggregates } = definition();
    const handler = aggregates?.[aggregate];
    if (!handler) throw new Error(`${name} has no aggregate ${aggregate}`);
    await handler(streamId, command, {
      actor: { account: name, role: 'system' },
      commandId,
      at: knownAt,
      ...(traceparent && { traceparent }),
    });
  };
  const made: Step<unknown>[] = [];
  const behind = new Map<string, Step<unknown>>();
  return {
    rejected: () => [...rejected.values()],
    withContradicted,
    untoldMs: () => new Map([...behind].map(([group, step]) => [group, step.untoldMs()])),
    close: async () => void (await Promise.all(made.map((step) => step.close()))),
    step(processor) {
      const { name, topics } = definition();
      const topic = rejectedTopic(processor.name, name);
      rejected.set(topic.name, topic);
      const step = new Step({
        processor,
        watch: watch(processor.name),
        store: stores.steps,
        node,
        epoch: () => stores.log.epoch,
        topics,
        rejected: topic,
        handle,
        onRefused({ aggregate, streamId, commandId }, error) {
          onRejected?.(processor.name);
          log.error({ group: processor.name, aggregate, streamId, commandId, error }, 'a command was set aside');
        },
        onContradicted: onContradicted(processor.name),
        // who hands in by no topic must not wait for one
        ...(processor.inputs.length === 0 && { tellsBehind: { onFailure: toldOnce(log, processor.name) } }),
      });
      made.push(step as Step<unknown>);
      if (processor.inputs.length === 0) behind.set(processor.name, step as Step<unknown>);
      return step;
    },
  };
}

/** What stays wrong is logged once. */
function toldOnce(log: Logger, group: string): (error: unknown) => void {
  let last = '';
  return (error) => {
    const reason = String((error as Error)?.message ?? error);
    if (reason !== last) log.warn({ group, reason }, 'records wait to be published');
    last = reason;
  };
}

/** Logged a batch at a time and counted by group. */
function contradictions(log: Logger) {
  const counts = new Map<string, number>();
  const onContradicted =
    (group: string): OnContradicted =>
    (rows) => {
      counts.set(group, (counts.get(group) ?? 0) + rows.length);
      const { collection, key, series, time, version } = rows[0]!;
      const first = { collection, key, series, time, version };
      log.error({ group, versions: rows.length, first }, 'versions that stand came again with other bytes');
    };
  const withContradicted: StepMaker['withContradicted'] = (groups) => {
    const unfed = [...counts.keys()].filter((name) => !groups.some(({ group }) => group === name));
    return [...groups, ...unfed.map((group) => ({ group, active: true }))].map((known) => {
      const contradicted = counts.get(known.group);
      return contradicted === undefined ? known : { ...known, contradicted };
    });
  };
  return { onContradicted, withContradicted };
}
