import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
export const isLoopback = (host: string): boolean => loopback.test(host);

const address = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'give addresses or networks: 10.0.0.2, 10.0.0.0/24',
);

/** Settings of the portal. Beyond loopback it wants to be encrypted, by itself or by a proxy that is trusted. */
export const portalSettings = commonSettings
  .extend({
    portalHost: z.string().min(1).default('127.0.0.1'),
    /** 0: any free port; undefined: `defaultPorts` of the tier, so that both tiers find room on one machine. */
    portalPort: z.int().min(0).max(65_535).optional(),
    /** PEM files. */
    portalTlsCertificate: z.string().min(1).optional(),
    portalTlsKey: z.string().min(1).optional(),
    /** Addresses of reverse proxies that encrypt, and say so in X-Forwarded-Proto. */
    portalTrustedProxies: z.array(address).default([]),
    /** Which owners it asks. */
    portalTier: z.enum(['province', 'national']).default('province'),
  })
  .refine(({ portalTlsCertificate, portalTlsKey }) => !portalTlsCertificate === !portalTlsKey, {
    path: ['portalTlsKey'],
    message: 'a certificate and its key go together: set both or none',
  })
  .refine(
    ({ portalHost, portalTlsCertificate, portalTrustedProxies }) =>
      isLoopback(portalHost) || portalTlsCertificate || portalTrustedProxies.length > 0,
    { path: ['portalHost'], message: 'beyond loopback set a TLS certificate and key, or a trusted proxy' },
  );
export type PortalSettings = z.infer<typeof portalSettings>;

export const defaultPorts = { province: 8090, national: 8091 } as const;
