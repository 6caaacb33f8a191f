import { createHash } from 'node:crypto';
import type { TopicDeclaration } from '@quantrac/contracts';
import type { Rejected } from '@quantrac/contracts/queries/rejected';
import type { EventLog, Positions, ReceivedRecord } from '@quantrac/event-log';

/** A record of a rejected topic, under the id that it has each time it is set aside in the same place. */
export interface SetAside {
  readonly id: string;
  readonly record: ReceivedRecord;
}

const PAGE = 500;
const ID_DIGITS = 12;
const OURS = 'quantrac_';

/** All that stands in a rejected topic, in its order, each once: a crash may have had it written twice. */
export async function* setAside(log: EventLog, topic: TopicDeclaration): AsyncIterable<SetAside> {
  const seen = new Set<string>();
  for (let from: Positions = {}; ; ) {
    const { records, positions } = await log.read(topic, from, PAGE);
    if (records.length === 0) return;
    for (const record of records) {
      const id = idOf(record);
      if (seen.has(id)) continue;
      seen.add(id);
      yield { id, record };
    }
    from = { ...from, ...positions };
  }
}

function idOf({ key, headers, value }: ReceivedRecord): string {
  const { quantrac_topic, quantrac_position, quantrac_replay, ce_id } = headers;
  const place = JSON.stringify([quantrac_topic, quantrac_position, quantrac_replay, ce_id, key]);
  return createHash('sha256').update(place).update(value).digest('hex').slice(0, ID_DIGITS);
}

/** As the record had them before it was set aside. */
export const ownHeaders = ({ headers }: ReceivedRecord): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(OURS)));

export const rowOf = (group: string, { id, record }: SetAside): Omit<Rejected, 'replayed'> => {
  const { key, headers, value, appendedAt } = record;
  return {
    group,
    id,
    topic: headers.quantrac_topic ?? '',
    key,
    sequence: headers.ce_sequence ?? '',
    position: headers.quantrac_position ?? '',
    type: headers.ce_type ?? '',
    code: headers.quantrac_code ?? '',
    reason: headers.quantrac_reason ?? '',
    at: new Date(appendedAt).toISOString(),
    bytes: value.length,
    again: headers.quantrac_replay !== undefined,
  };
};
