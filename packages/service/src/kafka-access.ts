import { readFileSync } from 'node:fs';
import type { KafkaSettings } from '@quantrac/event-log/kafka-settings';
import { Fault } from '@quantrac/event-sourcing';
import type { ServerSettings } from './server-settings.ts';
import { variableOf } from './settings.ts';

/** How a service, or who makes its topics, gets to the brokers that its settings name. */
export function kafkaSettingsOf(servers: ServerSettings, clientId: string): KafkaSettings {
  const { kafkaBrokers: brokers, kafkaUsername: username, kafkaPassword: password } = servers;
  if ((username === undefined) !== (password === undefined))
    throw Fault.invalid(
      'SettingsInvalid',
      `set ${variableOf('kafkaUsername')} and ${variableOf('kafkaPassword')} together`,
    );
  const [ca, cert, key] = (['kafkaCa', 'kafkaCertificate', 'kafkaKey'] as const).map((name) =>
    readPem(name, servers[name]),
  );
  return {
    brokers,
    clientId,
    ...((ca || cert || servers.kafkaTls) && { ssl: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
    ...(username && password && { sasl: { mechanism: servers.kafkaMechanism, username, password } }),
  };
}

function readPem(setting: keyof ServerSettings, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw Fault.invalid(
      'SettingsInvalid',
      `${variableOf(setting)}: ${file} cannot be read (${(error as Error).message})`,
    );
  }
}
