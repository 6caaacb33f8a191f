import { Fault } from '@quantrac/event-sourcing';
import type { z } from 'zod';

/** What an address carries behind `?`: one text a name, several where a name is repeated. */
export type AddressQuery = Readonly<Record<string, string | readonly string[]>>;

/**
 * The arguments of a query, from an address: texts become what the schema wants there, lists are apart by commas or repeated names.
 * A name that the schema does not have is refused, or a slip of the pen would answer more than was asked. Throws the Fault `DataInvalid`.
 */
export function argumentsOf<Schema extends z.ZodObject>(schema: Schema, query: AddressQuery): z.infer<Schema> {
  const unknown = Object.keys(query).filter((name) => !Object.hasOwn(schema.shape, name));
  if (unknown.length > 0) {
    const known = Object.keys(schema.shape).join(', ');
    throw Fault.invalid(
      'DataInvalid',
      `${unknown.join(', ')}: no such argument; ${known ? `there are ${known}` : 'there are none'}`,
    );
  }
  const wanted = schema.shape as Readonly<Record<string, z.ZodType>>;
  const typed = Object.entries(query).map(([name, text]) => [name, typedAs(wanted[name]!, text)]);
  return checked(schema, Object.fromEntries(typed));
}

/** The first reading of a text that the schema takes; the text itself when it takes none. */
function typedAs(schema: z.ZodType, text: string | readonly string[]): unknown {
  const readings = typeof text === 'string' ? [text, ...plain(text), text.split(',')] : [text];
  return readings.find((reading) => schema.safeParse(reading).success) ?? text;
}

function plain(text: string): readonly unknown[] {
  if (/^-?\d+(\.\d+)?$/.test(text)) return [Number(text)];
  return text === 'true' || text === 'false' ? [text === 'true'] : [];
}

/** Data as its schema has it, defaults filled in; the Fault `DataInvalid` names all that is wrong. */
export function checked<Schema extends z.ZodType>(schema: Schema, data: unknown): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw Fault.invalid('DataInvalid', faults.join('; '));
}
