export { fromSent, type SentError, toSent } from './sent-error.ts';
export { type Reply, Thread } from './thread.ts';
