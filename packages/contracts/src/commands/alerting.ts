import { z } from 'zod';
import { line } from '../registers.ts';
import { id } from '../values.ts';

/** Commands of alerting. Each answers `{ incident, version }`. */
export const alertingCommands = {
  /** Somebody has seen it and sees to it. */
  AcknowledgeIncident: z.object({ incident: id }),
  /** `to`: an account. */
  AssignIncident: z.object({ incident: id, to: id }),
  /** Stays in this service, since a comment may name people. */
  CommentIncident: z.object({ incident: id, text: z.string().trim().min(1).max(4000) }),
  /** What was done. It is published and stands in the annual report: it names nobody. */
  ResolveIncident: z.object({ incident: id, resolution: line(1000) }),
};
