import { topicNamed } from '@quantrac/contracts';
import { factOf, type Gathered, gather, type Hours, isWithin } from '@quantrac/contracts/digest';
import { identityOf, topicOfType } from '@quantrac/contracts/identity';
import type { LogRecord } from '@quantrac/event-log';
import { isFault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import { type ForwardingPolicy, forwarding, topicsOf } from '../domain/forwarding-policy.ts';

export interface NodeFactsOptions {
  readonly policy: ForwardingPolicy;
  readonly peer: (service: string) => Peer;
  readonly hours: Hours;
  /** Undefined: all. */
  readonly station?: string | undefined;
}

/** Every version of every fact that the policy forwards, as this node's services have them. */
export async function nodeFacts({ policy, peer, hours, station }: NodeFactsOptions): Promise<Gathered> {
  const gathered = gather();
  const forwards = forwarding(policy);
  for (const topic of topicsOf(policy)) {
    const owner = peer(topicNamed(topic)!.producer);
    for await (const records of owner.history(topic, station))
      for (const record of records) {
        const { ce_type: type = '', ce_time: knownAt = '' } = record.headers;
        if (forwards(topic, type, knownAt) && topicOfType(type)) addFact(gathered, topic, type, record, hours);
      }
  }
  return gathered;
}

/** A record without identity is held at both ends and compared at none. */
function addFact(gathered: Gathered, topic: string, type: string, { key, value }: LogRecord, hours: Hours): void {
  try {
    const identity = identityOf(type, JSON.parse(Buffer.from(value).toString('utf8')));
    if (isWithin(hours, identity.time)) gathered.add(factOf(topic, key, { type, ...identity }, value));
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
  }
}
