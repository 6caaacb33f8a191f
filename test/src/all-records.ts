import type { EventLog, ReceivedRecord, Topic } from '@quantrac/event-log';

/** All that a topic carries; a read ends early when it has become large. */
export async function allRecords(log: EventLog, topic: Topic): Promise<readonly ReceivedRecord[]> {
  const all: ReceivedRecord[] = [];
  for (let at = {}; ; ) {
    const { records, positions } = await log.read(topic, at, 100_000);
    if (records.length === 0) return all;
    for (const record of records) all.push(record);
    at = { ...at, ...positions };
  }
}
