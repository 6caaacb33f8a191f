import { connect, type Socket } from 'node:net';
import { account } from './register-fleet.ts';

export interface HttpRequest {
  /** Head and body as they go over the wire. */
  readonly bytes: Buffer;
}

const head = (target: string, type: string, length: number): string =>
  [
    `POST ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${account.user}:${account.password}`,
    `content-type: ${type}`,
    `content-length: ${length}`,
    '\r\n',
  ].join('\r\n');

type Sent = { readonly path: string; readonly bytes: Uint8Array };

/** One file, as a logger posts it. */
export const postOfFile = ({ path, bytes }: Sent): HttpRequest => ({
  bytes: Buffer.concat([
    Buffer.from(head(`/v1/files?path=${encodeURIComponent(path)}`, 'text/plain', bytes.length)),
    bytes,
  ]),
});

/** Many files in one request. */
export function postOfFiles(files: readonly Sent[]): HttpRequest {
  const texts = files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('utf8') }));
  const body = Buffer.from(JSON.stringify({ files: texts }));
  return { bytes: Buffer.concat([Buffer.from(head('/v1/files', 'application/json', body.length)), body]) };
}

export interface HttpUploads {
  /** Posts all, each connection the next as soon as its last is answered; throws at an answer that is not 2xx. */
  send(requests: readonly HttpRequest[], answered?: (index: number) => void): Promise<void>;
  close(): void;
}

/** Connects before the clock starts, as loggers that are there already. */
export async function connectOverHttp(port: number, count: number): Promise<HttpUploads> {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(port)));
  return {
    async send(requests, answered) {
      let next = 0;
      const work = async ({ ask }: Connection) => {
        for (let index = next++; index < requests.length; index = next++) {
          await ask(requests[index]!.bytes);
          answered?.(index);
        }
      };
      await Promise.all(connections.map(work));
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

interface Connection {
  ask(bytes: Buffer): Promise<void>;
  close(): void;
}

/** So little of HTTP as a load needs: its own cost must not be measured with the node's. */
async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let held = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    held += text;
    const end = held.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(held.slice(0, end))?.[1] ?? 0);
    if (held.length < end + 4 + length) return;
    const answer = held;
    held = '';
    if (/^HTTP\/1\.1 2/.test(answer)) settle?.resolve();
    else settle?.reject(new Error(`an upload was answered ${answer.slice(0, 500)}`));
  });
  socket.on('error', (error) => settle?.reject(error));
  socket.on('close', () => settle?.reject(new Error('the node closed a connection')));
  await new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
    socket.once('connect', resolve);
  });
  return {
    ask: (bytes: Buffer) =>
      new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => void socket.removeAllListeners('close').end(),
  };
}
