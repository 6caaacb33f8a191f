import { Fault, type FaultKind } from '@quantrac/event-sourcing';

/** An error on its way between threads: a message alone would lose what kind of Fault it is. */
export interface SentError {
  readonly kind?: FaultKind;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

export const toSent = (error: unknown): SentError => {
  const { message = String(error), stack } = error as Partial<Error>;
  return error instanceof Fault ? { kind: error.kind, code: error.code, message, stack } : { message, stack };
};

export const fromSent = (sent: SentError): Error => {
  const error = sent.kind && sent.code ? new Fault(sent.kind, sent.code, sent.message) : new Error(sent.message);
  if (sent.stack) error.stack = sent.stack;
  return error;
};
