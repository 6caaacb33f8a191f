import { isFault } from '@quantrac/event-sourcing';

/** An FTP reply that says no (RFC 959, 5.4): 4yz means try again, 5yz means never as it is. */
export class FtpRefusal extends Error {
  override readonly name = 'FtpRefusal';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** How a Fault is told over FTP; anything else is a bug here, and the sender may try again. */
export const toFtpRefusal = (error: unknown): FtpRefusal | undefined => {
  if (error instanceof FtpRefusal) return error;
  if (!isFault(error)) return undefined;
  if (error.kind === 'unavailable') return new FtpRefusal(452, error.message);
  return new FtpRefusal(error.code === 'PathUnusable' ? 553 : 550, error.message);
};
