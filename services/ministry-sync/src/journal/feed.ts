import { setTimeout as sleep } from 'node:timers/promises';
import { rejectedTopic, topicNamed } from '@quantrac/contracts';
import type { Batch, EventLog, LogRecord, Positions, ReceivedRecord, Subscription, Topic } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import { isLine, MAX_PAYLOAD_BYTES } from '@quantrac/journal';
import { fromInstant } from '@quantrac/regulations';
import { type WatchBatch, type WatchedBatch, watched } from '@quantrac/stream-processing';
import { type ForwardingPolicy, forwarding, topicsOf } from '../domain/forwarding-policy.ts';
import type { OutboundJournal, Outgoing } from './outbound-journal.ts';

export interface FeedOptions {
  readonly log: EventLog;
  readonly journal: OutboundJournal;
  readonly policy: ForwardingPolicy;
  readonly blockRecords: number;
  readonly gatherMs: number;
  /** The same records from their owner's store. */
  readonly history: (topic: Topic) => AsyncIterable<readonly LogRecord[]>;
  /** Resolves when records may be appended; throws when they may not. */
  readonly allowed: () => Promise<void>;
  readonly watch: WatchBatch;
  readonly onAppended: () => void;
  readonly onSetAside: (record: LogRecord, reason: Fault) => void;
  /** Nothing was taken; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const GROUP = 'ministry-sync';
/** Where records lie that cannot stand in a journal. */
export const rejected = rejectedTopic(GROUP, GROUP);

/** Takes the topics of the policy into the journal, batch by batch; values stay the bytes that they are. */
export function startFeed(options: FeedOptions): Promise<Subscription> {
  const { log, journal, policy, blockRecords, gatherMs, allowed, watch, onAppended } = options;
  const topics = topicsOf(policy).map((name) => topicNamed(name)!);
  const forwards = forwarding(policy);
  const take = async (records: readonly LogRecord[], topicAt: (index: number) => string, positions?: Positions) => {
    const outgoing = await readable(records, topicAt, forwards, options);
    const batch = watch(outgoing);
    const taking = () =>
      journal.take(
        outgoing.map((one) => carriedOn(one, batch)),
        positions,
      );
    const appended = await watched(batch, taking, (taken) => ({
      taken,
      repeat: outgoing.length - taken,
      failed: 0,
    }));
    if (appended > 0) onAppended();
    return appended;
  };
  return log.subscribe({
    group: GROUP,
    topics,
    maxRecords: blockRecords,
    positions: telling(options, async () => {
      await allowed();
      await journal.reload();
      return journal.positions;
    }),
    handle: telling(options, async ({ records, positions }: Batch) => {
      const began = performance.now();
      const appended = await take(records, (index) => records[index]!.topic, positions);
      const rest = gatherMs - (performance.now() - began);
      if (appended > 0 && appended < blockRecords / 2 && rest > 0) await sleep(rest);
    }),
    onPositionLost: telling(options, async (name: string) => {
      const topic = topics.find((declared) => declared.name === name)!;
      const end = await log.end(topic);
      let last: readonly LogRecord[] = [];
      for await (const records of options.history(topic)) {
        await take(last, () => name);
        last = records;
      }
      await take(last, () => name, end);
      return end;
    }),
  });
}

const carriedOn = (outgoing: Outgoing, { traceparentOf }: WatchedBatch): Outgoing =>
  outgoing.traceparent ? { ...outgoing, traceparent: traceparentOf(outgoing.traceparent) } : outgoing;

const telling =
  <Arguments extends unknown[], Result>(
    { onFailure }: FeedOptions,
    work: (...given: Arguments) => Promise<Result>,
  ): ((...given: Arguments) => Promise<Result>) =>
  async (...given) => {
    try {
      return await work(...given);
    } catch (error) {
      onFailure(error);
      throw error;
    }
  };

/** What goes into the journal; what should and cannot is set aside with its reason. */
async function readable(
  records: readonly LogRecord[],
  topicAt: (index: number) => string,
  forwards: ReturnType<typeof forwarding>,
  { log, onSetAside }: FeedOptions,
): Promise<readonly Outgoing[]> {
  const outgoing: Outgoing[] = [];
  const aside: LogRecord[] = [];
  for (const [index, record] of records.entries()) {
    const { ce_type: type = '', ce_time: knownAt = '', ce_sequence: sequence = '', traceparent } = record.headers;
    const topic = topicAt(index);
    if (!forwards(topic, type, knownAt)) continue;
    const fault = unfit(record);
    if (fault) {
      const { position = '' } = record as Partial<ReceivedRecord>;
      const place = { quantrac_topic: topic, quantrac_position: position };
      aside.push({ ...record, headers: { ...record.headers, ...place, ...reasonOf(fault) } });
      onSetAside(record, fault);
    } else {
      const traced = traceparent && { traceparent };
      outgoing.push({ type, key: record.key, sequence, knownAt, payload: record.value, ...traced });
    }
  }
  await log.publish(rejected, aside);
  return outgoing;
}

const reasonOf = ({ code, message }: Fault) => ({ quantrac_code: code, quantrac_reason: message });

/** Why a record cannot stand in a journal. */
function unfit({ key, headers, value }: LogRecord): Fault | undefined {
  const { ce_sequence: sequence = '', ce_time: knownAt = '' } = headers;
  if (!isLine(key) || !isLine(sequence) || fromInstant(knownAt) === undefined)
    return Fault.invalid('EnvelopeUnfit', `a record of ${JSON.stringify(key)} has no key, sequence or time for a leaf`);
  if (value.length > MAX_PAYLOAD_BYTES)
    return Fault.invalid(
      'PayloadTooLong',
      `a record of ${key} has ${value.length} bytes, more than ${MAX_PAYLOAD_BYTES}`,
    );
  return undefined;
}
