import type { AppendOptions } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';

/** Who, on whose behalf, from where, when and why: stored beside the events of the command. */
export const appendOptions = (
  { actor, commandId, at, traceparent }: CommandContext,
  cause = `command:${commandId}`,
): AppendOptions => {
  const who = Object.entries(actor).filter(([, value]) => value !== undefined);
  return {
    commandId,
    metadata: { ...Object.fromEntries(who), at: toInstant(at), ...(traceparent && { traceparent }), cause },
  };
};
