import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { z } from 'zod';

/** Kafka, MongoDB and the collector of traces; named without `QUANTRAC_`, as their own tools and images name them. */
export const serverSettings = z.object({
  /** `host:port`, with commas between them. With `mongoUrl`: topics lie on Kafka and stores in MongoDB. */
  kafkaBrokers: z.string().min(1).optional(),
  /** What names of topics and groups begin with, where several nodes share the brokers. */
  kafkaPrefix: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{0,60}$/, 'use letters, digits, points and hyphens')
    .optional(),
  /** Of topics that are made. */
  kafkaReplication: z.int().min(1).max(9).optional(),
  /** With a password of its own (SASL/SCRAM). */
  kafkaUsername: z.string().min(1).optional(),
  kafkaPassword: z.string().min(1).optional(),
  kafkaMechanism: z.enum(['scram-sha-256', 'scram-sha-512']).optional(),
  /** TLS, with brokers whose certificate an authority signed that Node knows. */
  kafkaTls: z.boolean().optional(),
  /** A file with the certificate (PEM) of the authority that signed the brokers'; turns TLS on. */
  kafkaCa: z.string().min(1).optional(),
  /** Files (PEM), where the brokers ask for a certificate. */
  kafkaCertificate: z.string().min(1).optional(),
  kafkaKey: z.string().min(1).optional(),
  /** `mongodb://...`, with name, password and TLS as MongoDB's own tools take them. */
  mongoUrl: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'begin it with mongodb:// or mongodb+srv://')
    .optional(),
  /** What names of databases begin with, where several nodes share the server. */
  mongoPrefix: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{0,30}$/, 'use letters, digits and hyphens')
    .optional(),
  /** `http://host:4318`: where spans are sent, by OTLP over HTTP; unset: there are none. Its client reads the other OTEL_EXPORTER_OTLP_... variables. */
  otelExporterOtlpEndpoint: z.url({ protocol: /^https?$/ }).optional(),
});
type GivenServers = z.infer<typeof serverSettings>;

const defaults = {
  kafkaPrefix: '',
  kafkaReplication: 1,
  kafkaMechanism: 'scram-sha-512',
  mongoPrefix: 'quantrac-',
} as const satisfies GivenServers;

export type ServerSettings = GivenServers &
  Required<Pick<GivenServers, keyof typeof defaults | 'kafkaBrokers' | 'mongoUrl'>>;

/** Undefined: the embedded default. Throws the Fault `invalid` where one of the two servers is named without the other. */
export function serversOf(settings: GivenServers): ServerSettings | undefined {
  const { kafkaBrokers, mongoUrl } = settings;
  if (kafkaBrokers === undefined && mongoUrl === undefined) return undefined;
  if (kafkaBrokers !== undefined && mongoUrl !== undefined) return { ...defaults, ...settings, kafkaBrokers, mongoUrl };
  const [given, missing] = kafkaBrokers === undefined ? ['MONGO_URL', 'KAFKA_BROKERS'] : ['KAFKA_BROKERS', 'MONGO_URL'];
  throw Fault.invalid(
    'SettingsInvalid',
    `${given} is set and ${missing} is not: set both, or neither for the embedded default`,
  );
}

/** Names on shared servers that belong to a data folder alone: for nodes of a demo or a test. */
export function ownNames(data: string): Required<Pick<GivenServers, 'kafkaPrefix' | 'mongoPrefix'>> {
  const name = createHash('sha256').update(resolve(data)).digest('hex').slice(0, 12);
  return { kafkaPrefix: `${name}.`, mongoPrefix: `${name}-` };
}
