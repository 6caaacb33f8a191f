import { topics } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import { serversOf } from '@quantrac/service';
import { makeTopics } from '@quantrac/service/production-topics';
import { pino } from 'pino';
import { commandSettings } from '../config.ts';
import type { Tier } from '../node.ts';

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

/** Makes the topics of a tier on the brokers that KAFKA_BROKERS names, as they are declared; those that stand are compared. */
export async function makeTopicsOf(tier: Tier): Promise<void> {
  const settings = commandSettings();
  const servers = serversOf(settings);
  if (!servers)
    throw Fault.invalid(
      'SettingsInvalid',
      'set KAFKA_BROKERS and MONGO_URL: on the embedded default nothing is made ahead',
    );
  const declared = Object.values(topics).filter(
    ({ producer }) => (producer === 'national-aggregation') === (tier === 'national'),
  );
  const log = pino({ level: settings.logLevel }, pino.destination(2));
  for (const name of await makeTopics(servers, declared, log)) process.stdout.write(`${name}\n`);
}
