import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@quantrac/event-sourcing';

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
export async function untilSettled<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnsettled(error) || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** What a caller can do something about; anything else as it is. */
export function asFault(error: unknown): unknown {
  const { name = '', message = '', type = '' } = error as { name?: string; message?: string; type?: string };
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED')
    return Fault.invalid('KafkaRefused', 'Kafka refuses the account: see its name and password');
  if (/certificate|self-signed|SSL|TLS/i.test(message) && name.startsWith('KafkaJSConnection'))
    return Fault.invalid('KafkaCertificateWrong', `Kafka cannot be reached safely (${message}): see the certificates`);
  if (name.startsWith('KafkaJS') && !(error instanceof Fault))
    return Fault.unavailable('KafkaAway', `Kafka does not answer (${message}): see the brokers`, error);
  return error;
}
