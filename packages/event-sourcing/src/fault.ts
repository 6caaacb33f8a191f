export type FaultKind = 'invalid' | 'rejected' | 'not-found' | 'conflict' | 'unavailable';

/**
 * A broken rule, told to the caller. The message says what to do.
 * - `invalid`: the request itself is wrong; `rejected`: the rules refuse it now; `not-found`: what it names is unknown;
 *   `conflict`: somebody was faster; `unavailable`: try again later.
 * Everything else that is thrown is a bug.
 */
export class Fault extends Error {
  override readonly name = 'Fault';

  constructor(
    readonly kind: FaultKind,
    /** Stable and in one word, for programs: `StationUnknown`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static invalid = (code: string, message: string) => new Fault('invalid', code, message);
  static rejected = (code: string, message: string) => new Fault('rejected', code, message);
  static notFound = (code: string, message: string) => new Fault('not-found', code, message);
  static conflict = (code: string, message: string) => new Fault('conflict', code, message);
  static unavailable = (code: string, message: string, cause?: unknown) =>
    new Fault('unavailable', code, message, { cause });
}

export const isFault = (error: unknown, code?: string): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code);
