import { type ChannelCredentials, type ChannelOptions, credentials, Metadata } from '@grpc/grpc-js';
import type { Actor } from '@quantrac/contracts';
import { CommandsServiceClient } from '@quantrac/contracts/generated/quantrac/commands/v1/commands';
import { RecordsServiceClient } from '@quantrac/contracts/generated/quantrac/records/v1/records';
import type { LogRecord } from '@quantrac/event-log';
import { fromStatus } from './status.ts';

/** Another service, as its askers see it. Errors are the Faults that it answered with. */
export interface Peer {
  /** `withinMs`: 30 s unless given; a service that is starting is waited for. */
  query<Row>(name: string, args: object, options?: { withinMs?: number }): Promise<readonly Row[]>;
  handle<Result>(name: string, data: object, by: { actor: Actor; commandId: string }): Promise<Result>;
  history(topic: string, key?: string): AsyncIterable<readonly LogRecord[]>;
  close(): void;
}

const reconnecting = {
  'grpc.max_receive_message_length': 64 << 20,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.initial_reconnect_backoff_ms': 50,
};
const DEADLINE_MS = 30_000;
const within = (ms = DEADLINE_MS) => ({ deadline: Date.now() + ms });

export interface ConnectOptions {
  /** Plain text unless said. */
  readonly channel?: ChannelCredentials;
  readonly channelOptions?: ChannelOptions;
  /** What goes with every request. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `address`: `unix:<socket>` or another name as gRPC takes them. */
export function connectPeer(
  address: string,
  { channel = credentials.createInsecure(), channelOptions = {}, metadata = {} }: ConnectOptions = {},
): Peer {
  const options = { ...reconnecting, ...channelOptions };
  const records = new RecordsServiceClient(address, channel, options);
  const commands = new CommandsServiceClient(address, channel, options);
  /** Services start in any order: whoever asks early waits. */
  const patient = () => {
    const sent = new Metadata({ waitForReady: true });
    for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
    return sent;
  };
  return {
    async query<Row>(name: string, args: object, { withinMs }: { withinMs?: number } = {}) {
      const rows: Row[] = [];
      try {
        for await (const { rows: texts } of records.query(
          { name, arguments: JSON.stringify(args) },
          patient(),
          within(withinMs),
        ))
          for (const text of texts as string[]) rows.push(JSON.parse(text) as Row);
      } catch (error) {
        throw fromStatus(error);
      }
      return rows;
    },
    handle<Result>(name: string, data: object, { actor, commandId }: { actor: Actor; commandId: string }) {
      const request = {
        name,
        data: JSON.stringify(data),
        commandId,
        actor: {
          account: actor.account,
          role: actor.role,
          organisation: actor.organisation ?? '',
          onBehalfOf: actor.onBehalfOf ?? '',
          from: actor.from ?? '',
        },
      };
      return new Promise<Result>((resolve, reject) => {
        commands.handle(request, patient(), within(), (error, response) =>
          error ? reject(fromStatus(error)) : resolve(JSON.parse(response.result) as Result),
        );
      });
    },
    async *history(topic: string, key = '') {
      try {
        for await (const { records: batch } of records.history({ topic, key }, patient())) yield batch as LogRecord[];
      } catch (error) {
        throw fromStatus(error);
      }
    },
    close() {
      records.close();
      commands.close();
    },
  };
}
