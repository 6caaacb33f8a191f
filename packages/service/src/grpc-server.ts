import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { actor } from '@quantrac/contracts';
import {
  CommandsServiceService,
  type HandleRequest,
  type HandleResponse,
} from '@quantrac/contracts/generated/quantrac/commands/v1/commands';
import {
  type HistoryRequest,
  type HistoryResponse,
  type QueryRequest,
  type QueryResponse,
  RecordsServiceService,
} from '@quantrac/contracts/generated/quantrac/records/v1/records';
import type { LogRecord } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';
import type { ServiceDefinition } from './definition.ts';
import { demandingSecret, serverCredentialsOf } from './peer-credentials.ts';
import type { PeerSettings } from './peer-settings.ts';
import { variableOf } from './settings.ts';
import { toStatus } from './status.ts';

export interface Answering {
  readonly definition: ServiceDefinition;
  /** Records of a topic, of one key or all. */
  readonly history: (topic: string, key: string) => AsyncIterable<readonly LogRecord[]>;
  readonly clock: () => number;
}

const ROWS_A_MESSAGE = 500;

/** Serves what every owner answers, on its Unix socket: whoever may open that may ask. */
export async function openGrpcServer(answering: Answering, socket: string): Promise<Server> {
  const server = serverOf(answering);
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  rmSync(socket, { force: true });
  await bound(server, `unix:${socket}`, ServerCredentials.createInsecure());
  return server;
}

/** The same over TCP, for whoever has the node's secret. Throws the Fault `invalid` where nobody can listen. */
export async function openTcpServer(
  answering: Answering,
  { address, settings, log }: { address: string; settings: PeerSettings; log: Logger },
): Promise<Server> {
  const onRefused = (from: string) => log.warn({ from }, 'somebody without the secret of this node was refused');
  const server = serverOf(answering, [demandingSecret(settings.peerSecret!, onRefused)]);
  await bound(server, address, serverCredentialsOf(settings)).catch((error: Error) => {
    throw Fault.invalid('SettingsInvalid', `${variableOf('listen')}: nobody can listen there: ${error.message}`);
  });
  return server;
}

function serverOf(answering: Answering, interceptors: ServerInterceptor[] = []): Server {
  const server = new Server({ ...limits, interceptors });
  server.addService(RecordsServiceService, { history: historyCall(answering), query: queryCall(answering) });
  server.addService(CommandsServiceService, { handle: handleCall(answering) });
  for (const { service, handlers } of answering.definition.grpc ?? []) server.addService(service, handlers);
  return server;
}

const limits = {
  'grpc.max_receive_message_length': 64 << 20,
  'grpc.max_send_message_length': 64 << 20,
};

const bound = (server: Server, address: string, credentials: ServerCredentials): Promise<void> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error) => (error ? reject(error) : resolve())),
  );

const handleCall =
  ({ definition, clock }: Answering): handleUnaryCall<HandleRequest, HandleResponse> =>
  async ({ request }, answer) => {
    try {
      const handler = definition.commands[request.name];
      if (!handler) throw Fault.notFound('CommandUnknown', `${definition.name} knows no command ${request.name}`);
      const data = parsed(handler.schema, request.data, request.name);
      const { onBehalfOf, organisation, from, account, role } = request.actor ?? { account: '', role: '' };
      const who = parsed(
        actor,
        JSON.stringify({
          account,
          role,
          ...(organisation && { organisation }),
          ...(onBehalfOf && { onBehalfOf }),
          ...(from && { from }),
        }),
        'actor',
      );
      const result = await handler.handle(data, { actor: who, commandId: request.commandId, at: clock() });
      answer(null, { result: JSON.stringify(result ?? null) });
    } catch (error) {
      answer(toStatus(error));
    }
  };

function parsed<T>(
  schema: {
    safeParse(value: unknown): {
      success: boolean;
      data?: T;
      error?: { issues: readonly { path: PropertyKey[]; message: string }[] };
    };
  },
  text: string,
  name: string,
): T {
  const result = schema.safeParse(JSON.parse(text || '{}'));
  if (result.success) return result.data as T;
  const faults = result.error!.issues.map(({ path, message }) => `${path.join('.') || name}: ${message}`);
  throw Fault.invalid('DataInvalid', `${name}: ${faults.join('; ')}`);
}

const queryCall =
  ({ definition }: Answering): handleServerStreamingCall<QueryRequest, QueryResponse> =>
  (call) =>
    streamed(call, async () => {
      const { name } = call.request;
      const handler = definition.queries[name];
      if (!handler) throw Fault.notFound('QueryUnknown', `${definition.name} knows no query ${name}`);
      const rows = await handler.answer(parsed(handler.schema, call.request.arguments, name));
      for (let at = 0; at < rows.length; at += ROWS_A_MESSAGE)
        await sent(call, { rows: rows.slice(at, at + ROWS_A_MESSAGE).map((row) => JSON.stringify(row)) });
    });

const historyCall =
  ({ history }: Answering): handleServerStreamingCall<HistoryRequest, HistoryResponse> =>
  (call) =>
    streamed(call, async () => {
      for await (const records of history(call.request.topic, call.request.key))
        await sent(call, {
          records: records.map(({ key, headers, value }) => ({
            key,
            headers: { ...headers },
            value: Buffer.from(value),
          })),
        });
    });

async function streamed<Q, R>(call: ServerWritableStream<Q, R>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    call.end();
  } catch (error) {
    call.emit('error', toStatus(error));
  }
}

/** Waits while the reader is slower; a reader that went away ends the work. */
function sent<Q, R>(call: ServerWritableStream<Q, R>, message: R): Promise<void> {
  if (call.cancelled) throw Fault.unavailable('ReaderGone', 'the reader has gone');
  if (call.write(message)) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      call.off('drain', go);
      call.off('close', go);
      resolve();
    };
    call.on('drain', go);
    call.on('close', go);
  });
}
