import { accessSync, constants } from 'node:fs';
import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const MINUTE_MS = 60_000;

const readable = z.string().refine(isReadable, 'names no file that can be read');
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'is no plain decimal: write "-999"');

/** Settings of ingestion; each has a default, so that a data folder is enough. */
const settings = commonSettings.extend({
  /** Where FTP and HTTP listen. */
  host: z.string().default('127.0.0.1'),
  /** 0: any free port; null: no FTP server. */
  ftpPort: z.int().min(0).max(65_535).nullable().default(2121),
  ftpPassiveFrom: z.int().min(1024).max(65_535).default(50_000),
  ftpPassiveTo: z.int().min(1024).max(65_535).default(50_999),
  /** IPv4 address that loggers reach this server by, where it stands behind a router. */
  ftpPublicAddress: z.ipv4().optional(),
  /** 0: any free port; null: no HTTP upload. */
  httpPort: z.int().min(0).max(65_535).nullable().default(8080),
  trustedProxies: z.array(z.string()).default([]),
  /** PEM files; with both, FTP and HTTP encrypt. */
  tlsCertificate: readable.optional(),
  tlsKey: readable.optional(),
  /** A folder that is watched for files; undefined: `inbox` in the data folder; null: none. */
  watchedFolder: z.string().nullable().optional(),
  /** A file is taken once its size and time have rested so long. */
  restMs: z.int().min(0).default(500),
  /** So far ahead of its arrival a reading may be stamped. */
  aheadMs: z
    .int()
    .min(0)
    .default(10 * MINUTE_MS),
  /** How long a file may travel before its slot is missing. */
  graceMs: z
    .int()
    .min(0)
    .default(5 * MINUTE_MS),
  /** Values that loggers write for none. */
  missingCodes: z.array(decimal).default(['-999', '-9999']),
  /** Room on the disk that only intake may use when it is full; 0: none. */
  reserveBytes: z
    .int()
    .min(0)
    .default(64 << 20),
  /** `driven`: time is what the command AdvanceClock says, for simulators. */
  clock: z.enum(['system', 'driven']).default('system'),
});

/** Told beside what is wrong with each of them. */
const always = { when: () => true };

export const ingestionSettings = settings
  .refine(({ ftpPassiveFrom, ftpPassiveTo }) => !(ftpPassiveFrom > ftpPassiveTo), {
    ...always,
    path: ['ftpPassiveTo'],
    error: 'is below QUANTRAC_FTP_PASSIVE_FROM',
  })
  .refine(({ tlsCertificate, tlsKey }) => (tlsCertificate === undefined) === (tlsKey === undefined), {
    ...always,
    path: ['tlsKey'],
    error: 'certificate and key go together: set both or none',
  });
export type IngestionSettings = z.infer<typeof ingestionSettings>;

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
