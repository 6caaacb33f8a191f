import type { AppendOptions, EventStreams } from '@quantrac/event-sourcing';

export interface StreamEvent {
  readonly type: string;
  readonly data: unknown;
}

/** The events of one append: committed together, read together. */
export interface Commit<Event = StreamEvent> {
  /** Rises over all streams, without being reused; opaque beyond its order. */
  readonly position: number;
  readonly streamId: string;
  /** The stream's version before this commit; its events are versions fromVersion + 1, + 2, ... */
  readonly fromVersion: number;
  readonly events: readonly Event[];
  readonly commandId: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ReadStream<Event> {
  readonly version: number;
  readonly events: readonly Event[];
  readonly answered?: number;
}

/** Streams of events: appended at an expected version, read one by one or all from a position. */
export abstract class EventStore {
  /** An unknown stream is at version 0. `commandId` asks how the stream has answered it already. */
  abstract read<Event>(streamId: string, commandId?: string): Promise<ReadStream<Event>>;

  /**
   * All or nothing; the new version. Another version than expected is the Fault `conflict`;
   * a command id that the stream knows appends nothing and answers the version that its first append gave.
   * No events: nothing is there to be read afterwards, but the command id is known from then on.
   */
  abstract append<Event>(
    streamId: string,
    expectedVersion: number,
    events: readonly Event[],
    options: AppendOptions,
  ): Promise<number>;

  /** Commits in the order of their positions, from after one; never one that a later read would put before another. */
  abstract readAll<Event>(after: number, limit: number): Promise<readonly Commit<Event>[]>;

  abstract close(): Promise<void>;

  /** The streams of one aggregate, for its command handler. */
  streams<Event>(): EventStreams<Event> {
    return {
      read: (streamId, commandId) => this.read<Event>(streamId, commandId),
      append: (streamId, expected, events, options) => this.append(streamId, expected, events, options),
    };
  }
}
