import type { StationRecorded } from '@quantrac/contracts';
import { ingestionCommands } from '@quantrac/contracts/commands/ingestion';
import type { DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { type CommandHandler, command } from '@quantrac/service';
import type { HeldDocument, HeldSettled } from '../domain/intake.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import { heldFiles, releaseAll } from '../intake/releases.ts';
import type { Entry } from '../intake/take-in.ts';

export interface CommandOptions {
  readonly documents: DocumentStore;
  readonly directory: () => StationDirectory;
  readonly release: (document: HeldDocument, assigned?: StationRecorded) => Promise<'released' | 'held'>;
  readonly take: (entry: Entry) => Promise<unknown>;
  readonly advance: (to: number) => Promise<void>;
}

const AT_ONCE = 10_000;

export const intakeCommands = ({
  documents,
  directory,
  release,
  take,
  advance,
}: CommandOptions): Record<string, CommandHandler> => {
  const heldFile = async (held: string): Promise<HeldDocument> => {
    const stored = await documents.get(heldFiles, held);
    if (!stored) throw Fault.notFound('HeldUnknown', `no file is held as ${held}: list what is held`);
    if (stored.document.state !== 'held')
      throw Fault.rejected('HeldSettled', `${held} is ${stored.document.state} already`);
    return stored.document;
  };
  return {
    AssignHeldFile: command(ingestionCommands.AssignHeldFile, async ({ held, station }) => {
      const record = directory().station(station);
      if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
      return { held, state: await release(await heldFile(held), record) };
    }),
    ReprocessHeldFiles: command(ingestionCommands.ReprocessHeldFiles, async ({ held }) => {
      const open = held
        ? [await heldFile(held)]
        : (await documents.find(heldFiles, 'state', { equals: ['held'], limit: AT_ONCE })).map(
            ({ document }) => document,
          );
      let released = 0;
      await releaseAll(open, async (document) => {
        if ((await release(document)) === 'released') released++;
      });
      return { tried: open.length, released };
    }),
    DismissHeldFile: command(ingestionCommands.DismissHeldFile, async ({ held, reason }, { actor, at, commandId }) => {
      const document = await heldFile(held);
      const settled: HeldSettled = {
        document: { ...document, advice: reason },
        state: 'dismissed',
        at,
        cause: `command:${commandId} by ${actor.account}`,
        lines: [],
      };
      await take({ key: document.cell, type: 'HeldSettled', data: settled });
      return { held, state: 'dismissed' };
    }),
    AdvanceClock: command(ingestionCommands.AdvanceClock, async ({ to }) => {
      await advance(Date.parse(to));
      return { at: to };
    }),
  };
};
