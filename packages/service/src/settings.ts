import { Fault } from '@quantrac/event-sourcing';
import { z } from 'zod';
import { peerSettings } from './peer-settings.ts';
import { serverSettings } from './server-settings.ts';

/** What every service takes: where its data lie. */
export const commonSettings = peerSettings.extend({
  ...serverSettings.shape,
  /** The folder that holds all state of the node. */
  data: z.string().min(1).default('data'),
  /** The permanent id of a new node; made if not given. */
  node: z.string().min(1).optional(),
  /** fatal, error, warn, info, debug, trace or silent. */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Where liveness, readiness and metrics are answered over HTTP; unset: nowhere. */
  healthPort: z.int().min(1).max(65_535).optional(),
  /** 127.0.0.1 unless said. */
  healthHost: z.string().min(1).optional(),
  /** Of the files that arrive, how many are traced, 0 to 1 (all unless said), and never more than some a second. */
  traceRatio: z.number().min(0).max(1).optional(),
  /** A stop that takes longer is cut; 10 s unless said. */
  stopWithinMs: z.int().min(1).optional(),
  /** Names a second instance of a service on one folder. */
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'use a letter, then letters and digits')
    .optional(),
});
export const STOP_WITHIN_MS = 10_000;
export type CommonSettings = z.infer<typeof commonSettings>;

/**
 * Reads a service's settings from the environment: `ftpPort` is `QUANTRAC_FTP_PORT`, `kafkaBrokers` is `KAFKA_BROKERS`; objects, lists and numbers are JSON. `given` goes before it.
 * Throws the Fault `invalid` that names every bad setting at once.
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
  given: Readonly<Record<string, unknown>> = {},
): z.infer<Schema> {
  const found: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>)) {
    const text = environment[variableOf(name)];
    if (name in given) found[name] = given[name];
    else if (text !== undefined) found[name] = settingOf(text, field);
  }
  const result = schema.safeParse(found);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path: [name, ...inside], message }) => {
    const called = name !== undefined && name in given ? `--${String(name)}` : variableOf(String(name));
    return `${called}${inside.length > 0 ? ` (${inside.join('.')})` : ''}: ${message}`;
  });
  throw Fault.invalid('SettingsInvalid', faults.join('\n'));
}

export const variableOf = (name: string): string => {
  const variable = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return name in serverSettings.shape ? variable : `QUANTRAC_${variable}`;
};

/** A text stays one where one is wanted, so that a password of digits is no number. */
function settingOf(text: string, field: z.ZodType): unknown {
  if (text === 'null' && field.safeParse(null).success) return null;
  const issues = field.safeParse(text).error?.issues ?? [];
  if (!issues.some(isAboutType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isAboutType = (issue: z.core.$ZodIssue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.some((branch) => branch.some(isAboutType))));
