import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Fault } from '@quantrac/event-sourcing';
import type { GrpcService, Running } from '@quantrac/service';
import type { NationalAggregationSettings } from '../config.ts';

export interface Listening extends Running {
  /** `host:port`; undefined: only the socket in the data folder. */
  readonly address: string | undefined;
}

const options = {
  'grpc.max_receive_message_length': 64 << 20,
  'grpc.max_send_message_length': 64 << 20,
  'grpc-node.flow_control_window': 8 << 20,
  // A node whose connection is gone without a word is found out.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.http2.min_ping_interval_without_data_ms': 10_000,
};

/** Listens for nodes, beside the socket that every service has. */
export async function listen(
  { host, port, tlsCertificate, tlsKey }: NationalAggregationSettings,
  { service, handlers }: GrpcService,
  beforeStop: () => Promise<void>,
): Promise<Listening> {
  if (port === null) return { address: undefined, stop: beforeStop };
  const server = new Server(options);
  server.addService(service, handlers);
  const credentials =
    tlsCertificate !== undefined && tlsKey !== undefined
      ? ServerCredentials.createSsl(null, [{ cert_chain: pem(tlsCertificate), private_key: pem(tlsKey) }])
      : ServerCredentials.createInsecure();
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${bracketed}:${port}`, credentials, (error, given) =>
      error ? reject(cannotListen(`${bracketed}:${port}`, error)) : resolve(given),
    ),
  );
  return {
    address: `${bracketed}:${bound}`,
    async stop() {
      const stopped = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await beforeStop();
      const force = setTimeout(() => server.forceShutdown(), 1000);
      await stopped;
      clearTimeout(force);
    },
  };
}

const cannotListen = (address: string, error: Error): Fault =>
  Fault.invalid(
    'SettingsInvalid',
    `QUANTRAC_HOST, QUANTRAC_PORT: nobody can listen on ${address}: ${error.message}: choose another port (0: any free one)`,
  );

function pem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw Fault.invalid('SettingsInvalid', `${file} cannot be read: ${(error as Error).message}`);
  }
}
