import type { AppendOptions } from '@quantrac/event-sourcing';
import { type Commit, EventStore, type ReadStream } from '@quantrac/event-store';

/** A service's event store that tells of each append, so that relays need not ask for news all the time. */
export class TellingEventStore extends EventStore {
  constructor(
    readonly store: EventStore,
    readonly onAppend: () => void,
  ) {
    super();
  }

  read<Event>(streamId: string, commandId?: string): Promise<ReadStream<Event>> {
    return this.store.read(streamId, commandId);
  }

  async append<Event>(
    streamId: string,
    expected: number,
    events: readonly Event[],
    options: AppendOptions,
  ): Promise<number> {
    const version = await this.store.append(streamId, expected, events, options);
    this.onAppend();
    return version;
  }

  readAll<Event>(after: number, limit: number): Promise<readonly Commit<Event>[]> {
    return this.store.readAll(after, limit);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
