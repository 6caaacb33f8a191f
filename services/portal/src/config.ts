import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
export const isLoopback = (host: string): boolean => loopback.test(host);

/** Settings of the portal. Beyond loopback it wants to be encrypted, by itself or by a proxy that is trusted. */
export const portalSettings = commonSettings
  .extend({
    portalHost: z.string().default('127.0.0.1'),
    /** 0: any free port. */
    portalPort: z.int().min(0).max(65_535).default(8090),
    /** PEM files. */
    portalTlsCertificate: z.string().optional(),
    portalTlsKey: z.string().optional(),
    /** Addresses of reverse proxies that encrypt. */
    portalTrustedProxies: z.array(z.string()).default([]),
    /** Which owners it asks. */
    portalTier: z.enum(['province', 'national']).default('province'),
  })
  .refine(
    ({ portalHost, portalTlsCertificate, portalTlsKey, portalTrustedProxies }) =>
      isLoopback(portalHost) || (portalTlsCertificate && portalTlsKey) || portalTrustedProxies.length > 0,
    { path: ['portalHost'], message: 'beyond loopback set a TLS certificate and key, or a trusted proxy' },
  );
export type PortalSettings = z.infer<typeof portalSettings>;
