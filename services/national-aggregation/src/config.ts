import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** Settings of national-aggregation; each has a default, so that a data folder is enough. */
export const nationalAggregationSettings = commonSettings
  .extend({
    /** Where nodes connect to. */
    host: z.string().default('127.0.0.1'),
    /** 0: any free port; null: only the socket in the data folder. */
    port: z.int().min(0).max(65_535).nullable().default(7443),
    /** PEM files; without them nodes connect in plain text, from this machine only. */
    tlsCertificate: z.string().optional(),
    tlsKey: z.string().optional(),
    /** `open`: a node that connects is enrolled; `by-command`: only EnrollNode does it. Undefined: open while only this machine can connect. */
    enrolment: z.enum(['open', 'by-command']).optional(),
    /** A node that has not been heard of for so long is an incident. */
    silentAfterMs: z
      .int()
      .min(1000)
      .default(5 * MINUTE_MS),
  })
  .refine(({ tlsCertificate, tlsKey }) => (tlsCertificate === undefined) === (tlsKey === undefined), {
    path: ['tlsKey'],
    message: 'a certificate and its key go together: set both or none',
  })
  .refine(({ host, port, tlsCertificate }) => port === null || isLoopback(host) || tlsCertificate !== undefined, {
    path: ['tlsCertificate'],
    message: 'other machines connect over TLS only: set certificate and key, or listen on 127.0.0.1',
  });
export type NationalAggregationSettings = z.infer<typeof nationalAggregationSettings>;

export const enrolmentOf = ({ enrolment, host }: NationalAggregationSettings): 'open' | 'by-command' =>
  enrolment ?? (isLoopback(host) ? 'open' : 'by-command');

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
