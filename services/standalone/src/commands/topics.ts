import { topics } from '@quantrac/contracts';

/** The catalogue of topics, as declared. */
export function listTopics({ json }: { json: boolean }): void {
  const rows = Object.values(topics).map(
    ({ name, producer, key, partitions, retentionDays, public: open, description, records }) => ({
      name,
      producer,
      key,
      partitions,
      retentionDays,
      public: open,
      records: Object.keys(records),
      description,
    }),
  );
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else
    for (const { name, producer, key, partitions, retentionDays, records, description } of rows)
      process.stdout.write(
        `${name}\n    ${description}\n    ${records.join(', ')}; by ${producer}, key ${key}, ${partitions} partitions, kept ${retentionDays} days\n`,
      );
}
