import { topicNamed } from '@quantrac/contracts';
import { type Fact, factOf, type Gathered, gather, type Hours, isWithin, tally } from '@quantrac/contracts/digest';
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
  /** The name of a topic; undefined: all. */
  readonly collection?: string | undefined;
}

/** Every version of every fact that the policy forwards, as this node's services have them, by hour. */
export const nodeFacts = (options: NodeFactsOptions): Promise<Gathered> => filled(gather(), options);

/** The same in one digest a station and topic: all that is held of a big node at once. */
export const nodeTally = (options: NodeFactsOptions): Promise<Pick<Gathered, 'digests'>> => filled(tally(), options);

async function filled<Into extends Pick<Gathered, 'add'>>(into: Into, options: NodeFactsOptions): Promise<Into> {
  for await (const facts of factsOf(options)) for (const fact of facts) into.add(fact);
  return into;
}

async function* factsOf({
  policy,
  peer,
  hours,
  station,
  collection,
}: NodeFactsOptions): AsyncIterable<readonly Fact[]> {
  const forwards = forwarding(policy);
  for (const topic of topicsOf(policy).filter((name) => (collection ?? name) === name)) {
    const owner = peer(topicNamed(topic)!.producer);
    for await (const records of owner.history(topic, station))
      yield records.flatMap((record) => {
        const { ce_type: type = '', ce_time: knownAt = '' } = record.headers;
        return forwards(topic, type, knownAt) && topicOfType(type) ? factIn(topic, type, record, hours) : [];
      });
  }
}

/** A record without identity is held at both ends and compared at none. */
function factIn(topic: string, type: string, { key, value }: LogRecord, hours: Hours): readonly Fact[] {
  try {
    const identity = identityOf(type, JSON.parse(Buffer.from(value).toString('utf8')));
    return isWithin(hours, identity.time) ? [factOf(topic, key, { type, ...identity }, value)] : [];
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return [];
  }
}
