import { hash } from 'node:crypto';
import type { AppendOptions } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';

/** Who, on whose behalf, from where, when and why: stored beside the events of the command. */
export const appendOptions = ({ actor, commandId, at }: CommandContext): AppendOptions => {
  const who = Object.entries(actor).filter(([, value]) => value !== undefined);
  return { commandId, metadata: { ...Object.fromEntries(who), at: toInstant(at), cause: `command:${commandId}` } };
};

const ID_DIGITS = 16;

/** The same for the same command, so that a request which comes again judges nothing twice. */
export const reviewIdOf = (commandId: string): string => `r${hash('sha256', commandId, 'hex').slice(0, ID_DIGITS)}`;
