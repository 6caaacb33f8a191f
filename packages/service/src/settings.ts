import { Fault } from '@quantrac/event-sourcing';
import { z } from 'zod';

/** What every service takes: where its data lie. */
export const commonSettings = z.object({
  /** The folder that holds all state of the node. */
  data: z.string().min(1).default('data'),
  /** fatal, error, warn, info, debug, trace or silent. */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Names a second instance of a service on one folder. */
  instance: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'use a letter, then letters and digits')
    .optional(),
});
export type CommonSettings = z.infer<typeof commonSettings>;

/**
 * Reads a service's settings from the environment: `ftpPort` is `QUANTRAC_FTP_PORT`; objects and lists are JSON.
 * Throws the Fault `invalid` that names every bad setting at once.
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(schema.shape)) {
    const text = environment[variableOf(name)];
    if (text !== undefined) given[name] = settingOf(text);
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) =>
      `${variableOf(String(path[0]))}${path.length > 1 ? ` (${path.slice(1).join('.')})` : ''}: ${message}`,
  );
  throw Fault.invalid('SettingsInvalid', faults.join('\n'));
}

export const variableOf = (name: string): string =>
  `QUANTRAC_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

function settingOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
