import type { EventLog } from '@quantrac/event-log';
import type { GroupHealth } from '../definition.ts';
import { askedAtTimes } from './asked-at-times.ts';
import type { Measure, Measures } from './metrics.ts';

export interface MeasuredService {
  readonly log: Pick<EventLog, 'behind'>;
  readonly health: () => readonly GroupHealth[];
  /** By outbox, for how long its oldest content has waited, ms. */
  readonly outboxes: () => ReadonlyMap<string, number>;
  /** Of the service's own. */
  readonly own: () => readonly Measure[];
}

/** What is to be measured of one service at a moment. */
export function measuresOf({ log, health, outboxes, own }: MeasuredService): Measures {
  const behind = askedAtTimes(() => log.behind().catch(() => []));
  return async () => {
    // while a server is away its part is missing
    const lags = (await behind()) ?? [];
    return [
      ...lags.map(
        ({ group, topic, records }): Measure => ({ metric: 'lag', labels: { group, topic }, value: records }),
      ),
      ...health().flatMap(({ group, active, contradicted = 0 }): Measure[] => [
        { metric: 'groupActive', labels: { group }, value: Number(active) },
        { metric: 'contradicted', labels: { group }, value: contradicted },
      ]),
      ...[...outboxes()].map(
        ([outbox, ms]): Measure => ({ metric: 'outboxAge', labels: { outbox }, value: ms / 1000 }),
      ),
      ...own(),
    ];
  };
}
