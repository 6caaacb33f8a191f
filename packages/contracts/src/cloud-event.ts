import { Fault } from '@quantrac/event-sourcing';
import { z } from 'zod';
import { instant } from './values.ts';

/** A record as it stands in a log: CloudEvents 1.0, Kafka binding, binary mode. */
export interface LogEntry {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

/** The headers of an entry as integrators read them. */
export const eventHeaders = z
  .object({
    ce_specversion: z.literal('1.0').describe('Version of CloudEvents.'),
    ce_id: z.string().min(1).describe('`<topic>/<key>/<sequence>`: the same record, told again, has the same id.'),
    ce_source: z
      .string()
      .regex(/^urn:quantrac:node:.+$/)
      .describe('The node that published it: `urn:quantrac:node:<id>`.'),
    ce_type: z.string().min(1).describe('Type of the record; names the schema of its value.'),
    ce_subject: z.string().min(1).describe("The record's key."),
    ce_time: instant.describe('When it became known, UTC.'),
    ce_sequence: z
      .string()
      .regex(/^\d{4,}\.\d{12,}\.\d{6,}$/)
      .describe('`<epoch>.<revision>.<index>`: rises per topic and key, as text too; gaps mean nothing.'),
    'content-type': z.literal('application/json').describe('How the value is written.'),
    traceparent: z.string().optional().describe('W3C trace context of what caused it.'),
  })
  .describe('CloudEvents 1.0, Kafka binding, binary mode: the attributes are headers, the value is the data alone.');

/** What a producer says of a record beside its value. */
export interface Envelope {
  readonly key: string;
  readonly type: string;
  /** `<epoch>.<revision>.<index>`, see `sequenceOf`. */
  readonly sequence: string;
  /** ms. */
  readonly knownAt: number;
  /** `urn:quantrac:node:<id>` */
  readonly source: string;
  readonly traceparent?: string | undefined;
}

/** Rises per topic and key, as text too; gaps are allowed. Restoring a store from backup raises the epoch. */
export const sequenceOf = (epoch: number, revision: number, index: number): string =>
  `${pad(epoch, 4)}.${pad(revision, 12)}.${pad(index, 6)}`;

/** Whatever is less than a sequence and not less than the one before it: reading from behind it begins with the sequence. */
export const justBefore = (sequence: string): string => sequence.slice(0, -1);

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

export const sourceOf = (node: string): string => `urn:quantrac:node:${node}`;

/** Deterministic: the same result published again carries the same id; no two topics of a node share one. */
export const idOf = (topic: string, { key, sequence }: Pick<Envelope, 'key' | 'sequence'>): string =>
  `${shortName(topic)}/${key}/${sequence}`;

/** Topics are few, records are not. */
const shortNames = new Map<string, string>();

function shortName(topic: string): string {
  const known = shortNames.get(topic);
  if (known !== undefined) return known;
  const short = topic.replace(/^quantrac\./, '').replace(/\.v\d+$/, '');
  shortNames.set(topic, short);
  return short;
}

export function toEntry(topic: string, envelope: Envelope, value: Uint8Array): LogEntry {
  const { key, type, sequence, knownAt, source, traceparent } = envelope;
  return {
    key,
    headers: {
      ce_specversion: '1.0',
      ce_id: idOf(topic, envelope),
      ce_source: source,
      ce_type: type,
      ce_subject: key,
      ce_time: new Date(knownAt).toISOString(),
      ce_sequence: sequence,
      'content-type': 'application/json',
      ...(traceparent && { traceparent }),
    },
    value,
  };
}

/** The envelope of an entry. A missing attribute is the Fault `invalid`. */
export function envelopeOf({ key, headers }: Pick<LogEntry, 'key' | 'headers'>): Envelope & { readonly id: string } {
  const { ce_id: id, ce_type: type, ce_sequence: sequence, ce_time: time, ce_source: source, traceparent } = headers;
  if (!id || !type || !sequence || !time || !source)
    throw Fault.invalid(
      'EnvelopeIncomplete',
      `a record of ${key} lacks one of ce_id, ce_type, ce_sequence, ce_time, ce_source`,
    );
  return { id, key, type, sequence, knownAt: Date.parse(time), source, traceparent };
}

/** The same event in structured mode, as integrators get it over HTTP. */
export function toStructured(entry: LogEntry): string {
  const { id, type, sequence, knownAt, source, traceparent } = envelopeOf(entry);
  const attributes = {
    specversion: '1.0',
    id,
    source,
    type,
    subject: entry.key,
    time: new Date(knownAt).toISOString(),
    sequence,
  };
  const head = JSON.stringify({
    ...attributes,
    ...(traceparent && { traceparent }),
    datacontenttype: 'application/json',
  });
  return `${head.slice(0, -1)},"data":${Buffer.from(entry.value).toString('utf8')}}`;
}
