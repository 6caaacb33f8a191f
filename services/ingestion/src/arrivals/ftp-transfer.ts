import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { FtpRefusal } from './ftp-refusal.ts';
import type { FtpSession } from './ftp-session.ts';

export interface TransferLimits {
  readonly maxBytes: number;
  /** Longest silence on the data connection. */
  readonly idleMs: number;
  readonly memory: TransferMemory;
}

/** Bytes of all transfers under way at once: many large ones must not exhaust the process. */
export interface TransferMemory {
  readonly maxBytes: number;
  used: number;
}

/**
 * Every byte that the client sent until it closed its side. Over FTP that close is the only sign of the end, so a file
 * that its sender closed early looks complete; a reset, a silence and an abort are no end.
 * @throws FtpRefusal 426 when it was cut, 552 when it is too large, 452 when too much is under way
 */
export const readWhole = async (socket: Socket, limits: TransferLimits, aborted: AbortSignal): Promise<Buffer> => {
  const { memory, maxBytes, idleMs } = limits;
  const chunks: Buffer[] = [];
  let size = 0;
  const cut = () => socket.destroy(new FtpRefusal(426, 'the transfer was aborted: nothing is kept of it'));
  aborted.addEventListener('abort', cut);
  if (aborted.aborted) cut();
  socket.setTimeout(idleMs, () => socket.destroy(new FtpRefusal(426, `no data came for ${idleMs / 1000} s`)));
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      size += chunk.length;
      memory.used += chunk.length;
      if (size > maxBytes) throw new FtpRefusal(552, 'the file is larger than this server takes: split it');
      if (memory.used > memory.maxBytes)
        throw new FtpRefusal(452, 'too many large files come at once: try again later');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } catch (error) {
    throw error instanceof FtpRefusal
      ? error
      : new FtpRefusal(426, 'the data connection was cut: nothing is kept of it');
  } finally {
    memory.used -= size;
    aborted.removeEventListener('abort', cut);
  }
};

/** Sends a listing and closes, which is its end. */
export const sendWhole = async (socket: Socket, text: string, idleMs: number): Promise<void> => {
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.end(text);
  await finished(socket, { readable: false }).catch(() => {
    throw new FtpRefusal(426, 'the data connection was cut');
  });
};

/** One transfer over the connection that PASV or PORT prepared; ABOR and the client's leaving end it. */
export const transferring = async <Result>(
  session: FtpSession,
  work: (socket: Socket, aborted: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const { control, data, host } = session;
  if (data === undefined) throw new FtpRefusal(425, 'send PASV, EPSV, PORT or EPRT first');
  const transfer = new AbortController();
  session.data = undefined;
  session.transfer = transfer;
  session.socket.setTimeout(0);
  try {
    // some clients connect only after this reply
    await control.reply(150, 'send or receive now');
    return await work(await data.open(transfer.signal), transfer.signal);
  } finally {
    session.transfer = undefined;
    data.close();
    session.socket.setTimeout(host.limits.idleMs);
  }
};
