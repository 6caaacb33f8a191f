import { Metadata, status } from '@grpc/grpc-js';
import { Fault, type FaultKind, isFault } from '@quantrac/event-sourcing';

/** One table from kinds of faults to the statuses of gRPC and HTTP. */
const table: Record<FaultKind, { readonly grpc: status; readonly http: number }> = {
  invalid: { grpc: status.INVALID_ARGUMENT, http: 400 },
  rejected: { grpc: status.FAILED_PRECONDITION, http: 422 },
  'not-found': { grpc: status.NOT_FOUND, http: 404 },
  conflict: { grpc: status.ABORTED, http: 409 },
  unavailable: { grpc: status.UNAVAILABLE, http: 503 },
};

const CODE = 'quantrac-code';

export const httpStatusOf = (kind: FaultKind): number => table[kind].http;

/** RFC 9457 problem details. */
export const problemOf = ({ kind, code, message }: Fault) => ({
  type: 'about:blank',
  title: code,
  status: httpStatusOf(kind),
  detail: message,
});

export function toStatus(error: unknown): { code: status; message: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (!isFault(error)) return { code: status.INTERNAL, message: String((error as Error)?.message ?? error), metadata };
  metadata.set(CODE, error.code);
  return { code: table[error.kind].grpc, message: encodeURIComponent(error.message), metadata };
}

/** The fault that a peer answered with; a peer that cannot be reached is `unavailable`. */
export function fromStatus(error: unknown): Error {
  const { code, details, metadata } = error as { code?: number; details?: string; metadata?: Metadata };
  const kind = (Object.keys(table) as FaultKind[]).find((name) => table[name].grpc === code);
  const faultCode = metadata?.get(CODE)[0];
  if (kind && faultCode) return new Fault(kind, String(faultCode), decodeURIComponent(details ?? ''));
  if (code === status.UNAVAILABLE || code === status.CANCELLED || code === status.DEADLINE_EXCEEDED)
    return Fault.unavailable('ServiceUnavailable', `the service does not answer: ${details}`, error);
  return error as Error;
}
