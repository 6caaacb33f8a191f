import { z } from 'zod';
import { actor, id } from '../values.ts';

export const portalQueries = {
  /** Tokens with role and scope, without secrets. */
  tokens: {
    args: z.object({}),
    row: z.object({
      token: id,
      name: z.string(),
      role: actor.shape.role,
      organisation: z.string().nullable(),
      /** null: all stations of the node. */
      scope: z.array(id).nullable(),
      revoked: z.boolean(),
    }),
  },
  /** Where the portal listens. */
  addresses: { args: z.object({}), row: z.object({ way: z.string(), address: z.string() }) },
};
