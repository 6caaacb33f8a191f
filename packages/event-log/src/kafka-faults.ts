import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@quantrac/event-sourcing';
import { certificateFault } from '@quantrac/event-sourcing/certificate-fault';

/** Of a request, before who asked hears that Kafka is away; he asks again for ever. */
export const RETRIES = { retries: 4, initialRetryTime: 100, maxRetryTime: 2000 };

const unsettled = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];
const SETTLES_WITHIN_MS = 5000;

export const isUnsettled = (error: unknown): boolean => unsettled.includes((error as { type?: string }).type ?? '');

/** To be asked again by `untilSettled`. */
export function notYetKnown(topic: string): never {
  throw Object.assign(new Error(`${topic} is not known yet`), { type: unsettled[0] });
}

/** A topic that was made, or a leader that was chosen, is known to every broker only a moment later. */
export async function untilSettled<Answer>(ask: () => Promise<Answer>, withinMs = SETTLES_WITHIN_MS): Promise<Answer> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnsettled(error)) throw error;
      // a busy broker may need longer: then it is as good as away, and asked again like one
      if (performance.now() > until) throw away((error as Error).message, error);
      await sleep(50);
    }
  }
}

export const isUnknownTopic = (error: unknown): boolean => (error as { type?: string }).type === unsettled[0];

interface KafkaError extends Error {
  readonly type?: string;
  readonly code?: string;
  readonly broker?: string;
  readonly errors?: readonly KafkaError[];
  readonly partitions?: readonly { readonly error?: KafkaError }[];
}

/** What a caller can do something about; anything else as it is. `topics`: of which it was asked. */
export function asFault(error: unknown, ...topics: readonly string[]): unknown {
  if (error instanceof Fault) return error;
  const found = innermost(error as KafkaError);
  const { name, message, type = '' } = found;
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED')
    return Fault.invalid(
      'KafkaRefused',
      'Kafka refuses the account: see KAFKA_USERNAME and KAFKA_PASSWORD, and that it was made for KAFKA_MECHANISM',
    );
  if (type.endsWith('_AUTHORIZATION_FAILED')) return forbidden(type, [...new Set(topics)]);
  const fault = kafkaCertificateFault(found, found.broker ?? 'its address');
  if (fault) return fault;
  // the client's answer to metadata when no broker gave any
  if (name.startsWith('KafkaJS') || isUnsettled(error) || (error instanceof TypeError && message.includes('of null')))
    return away(message, error);
  return error;
}

const away = (reason: string, error: unknown): Fault =>
  Fault.unavailable('KafkaAway', `Kafka does not answer (${reason}): see KAFKA_BROKERS`, error);

/** What Kafka's client wraps in its retries and collections. */
function innermost(error: KafkaError): KafkaError {
  const inner = error.cause ?? error.errors?.[0] ?? error.partitions?.find((one) => one.error)?.error;
  return inner instanceof Error && error.name.startsWith('KafkaJS') ? innermost(inner) : error;
}

/** The broker does not say of which topic it speaks. */
function forbidden(type: string, topics: readonly string[]): Fault {
  const named = topics.join(', ');
  const what = type.startsWith('GROUP')
    ? `join its group to read ${named}`
    : `use ${topics.length > 1 ? 'one of the topics' : 'topic'} ${named || 'it asks for'}`;
  return Fault.invalid(
    'KafkaForbidden',
    `Kafka does not let the account ${what} (${type}): grant it by an ACL, or see KAFKA_USERNAME`,
  );
}

/** Undefined: it is no matter of certificates. */
export const kafkaCertificateFault = (error: { message: string; code?: string }, broker: string) =>
  certificateFault(error, {
    code: 'KafkaCertificateWrong',
    server: `Kafka at ${broker}`,
    address: 'KAFKA_BROKERS',
    authority: 'KAFKA_CA',
    own: 'KAFKA_CERTIFICATE and KAFKA_KEY',
  });
