import { z } from 'zod';

export const portalQueries = {
  /** Tokens with role and scope, without secrets. */
  tokens: { args: z.object({}) },
  /** Where the portal listens. */
  addresses: { args: z.object({}) },
};
