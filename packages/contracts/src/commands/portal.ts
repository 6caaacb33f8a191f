import { z } from 'zod';
import { actor, id } from '../values.ts';

/** Commands of the portal. */
export const portalCommands = {
  /** Answers `{ token, secret }`; the secret is shown once. Without scope: all stations. */
  CreateToken: z.object({
    name: z.string().trim().min(1).max(100),
    role: actor.shape.role.exclude(['system']),
    organisation: z.string().max(200).optional(),
    scope: z.array(id).min(1).max(1000).optional(),
  }),
  /** It is refused within seconds. */
  RevokeToken: z.object({ token: id, reason: z.string().trim().min(1).max(1000) }),
};
