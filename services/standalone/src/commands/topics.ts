import { topics } from '@quantrac/contracts';

/** The catalogue of topics, as declared. */
export function listTopics({ json }: { json: boolean }): void {
  const rows = Object.values(topics).map(
    ({ name, producer, key, partitions, retentionDays, compacted = false, public: open, description, records }) => ({
      name,
      producer,
      key,
      partitions,
      retentionDays,
      compacted,
      public: open,
      records: Object.keys(records),
      description,
    }),
  );
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else
    for (const { name, producer, key, partitions, retentionDays, compacted, records, description } of rows)
      process.stdout.write(
        `${name}\n    ${description}\n    ${records.join(', ')}; by ${producer}, key ${key}, ${partitions} partitions, ${compacted ? 'the newest of each key kept' : `kept ${retentionDays} days`}\n`,
      );
}
