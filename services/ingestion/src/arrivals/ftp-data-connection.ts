import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { FtpRefusal } from './ftp-refusal.ts';

/**
 * The second connection of one transfer. Ours, because ftp-srv's polls for its socket, hangs when a port is taken, and
 * its late clean-up removes what was prepared for the next transfer.
 */
export interface DataConnection {
  /** @throws FtpRefusal 425 when it does not come about, or is `aborted` before. */
  open(aborted: AbortSignal): Promise<Socket>;
  close(): void;
}

export interface PassiveConnection extends DataConnection {
  readonly port: number;
}

/** Inclusive. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type ListenOnFreePort = (server: Server, host: string) => Promise<number>;

const openWithinMs = 10_000;

/** Tries every port of the range once, beginning after the one that was used last. */
export const portsInTurn = (range: PortRange): ListenOnFreePort => {
  let next = range.from;
  return async (server, host) => {
    for (let tried = range.from; tried <= range.to; tried++) {
      const port = next;
      next = port >= range.to ? range.from : port + 1;
      server.listen(port, host);
      const listens = await once(server, 'listening').then(
        () => true,
        () => false,
      );
      if (listens) return port;
    }
    throw new FtpRefusal(425, 'no data port is free: try again later');
  };
};

/** The client connects. Only the address `from`, the control connection's peer, may: others are dropped unheard. */
export const openPassiveConnection = async (
  listen: ListenOnFreePort,
  host: string,
  from: string,
  secureContext: SecureContext | undefined,
): Promise<PassiveConnection> => {
  const server = createServer();
  const port = await listen(server, host);
  const ready = Promise.withResolvers<Socket>();
  ready.promise.catch(() => {});
  let accepted: Socket | undefined;
  server.on('error', () => server.close());
  server.on('connection', (socket) => {
    if (accepted !== undefined || socket.remoteAddress !== from) return socket.destroy();
    accepted = socket;
    server.close();
    secured(socket, secureContext).then(ready.resolve, ready.reject);
  });
  return {
    port,
    open: (aborted) => inTime(ready.promise, aborted),
    close() {
      server.close();
      accepted?.destroy();
    },
  };
};

/** We connect to the client: `host` must be its own address, or anybody could be made a target. */
export const activeConnection = (
  host: string,
  port: number,
  secureContext: SecureContext | undefined,
): DataConnection => {
  let socket: Socket | undefined;
  return {
    open(aborted) {
      const connecting = connect({ host, port });
      socket = connecting;
      return inTime(
        once(connecting, 'connect').then(() => secured(connecting, secureContext)),
        aborted,
      );
    },
    close: () => socket?.destroy(),
  };
};

const secured = async (socket: Socket, secureContext: SecureContext | undefined): Promise<Socket> => {
  socket.on('error', toldWhereItIsRead);
  if (secureContext === undefined) return socket;
  const encrypted = new TLSSocket(socket, { isServer: true, secureContext });
  encrypted.on('error', toldWhereItIsRead);
  await once(encrypted, 'secure');
  return encrypted;
};

/** A reset before the transfer begins must not end the process; whoever reads the socket finds it destroyed. */
const toldWhereItIsRead = () => {};

const inTime = async (socket: Promise<Socket>, aborted: AbortSignal): Promise<Socket> => {
  const given = Promise.withResolvers<never>();
  const giveUp = () => given.reject(new Error('nothing came'));
  const timer = setTimeout(giveUp, openWithinMs);
  aborted.addEventListener('abort', giveUp);
  try {
    return await Promise.race([socket, given.promise]);
  } catch {
    throw new FtpRefusal(425, 'the data connection did not open: after AUTH TLS it must be encrypted too (PROT P)');
  } finally {
    clearTimeout(timer);
    aborted.removeEventListener('abort', giveUp);
  }
};
