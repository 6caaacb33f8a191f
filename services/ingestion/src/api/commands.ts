import { ingestionCommands } from '@quantrac/contracts/commands/ingestion';
import type { DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { type CommandHandler, command } from '@quantrac/service';
import type { HeldDocument, HeldSettled } from '../domain/held-file.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import type { Reading } from '../intake/release.ts';
import { heldFiles, pagesOf } from '../intake/releases.ts';
import type { Entry } from '../intake/take-in.ts';

export interface CommandOptions {
  /** Whoever commands early waits. */
  readonly started: Promise<void>;
  readonly documents: DocumentStore;
  readonly directory: () => StationDirectory;
  readonly release: (document: HeldDocument, reading: Reading) => Promise<'released' | 'held'>;
  readonly take: <Answer>(entry: Entry) => Promise<Answer>;
  readonly advance: (to: number) => Promise<void>;
}

/** Held files read again by one command, so that it is answered in time. */
const MOST_AT_ONCE = 2000;

export const intakeCommands = (options: CommandOptions): Record<string, CommandHandler> => {
  const { documents, directory, release, take, advance } = options;
  const whenStarted: typeof command = (schema, handle) =>
    command(schema, async (data, context) => {
      await options.started;
      return handle(data, context);
    });
  const heldFile = async (held: string): Promise<HeldDocument> => {
    const stored = await documents.get(heldFiles, held);
    if (!stored) throw Fault.notFound('HeldUnknown', `no file is held as ${held}: list what is held`);
    if (stored.document.state !== 'held')
      throw Fault.rejected('HeldSettled', `${held} is ${stored.document.state} already`);
    return stored.document;
  };
  return {
    AssignHeldFile: whenStarted(ingestionCommands.AssignHeldFile, async ({ held, station }) => {
      const record = directory().station(station);
      if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
      return { held, state: await release(await heldFile(held), { station: record, anew: true }) };
    }),
    ReprocessHeldFiles: whenStarted(ingestionCommands.ReprocessHeldFiles, async ({ held, after }) => {
      if (held === undefined) return releaseFrom(after ?? '', options);
      const state = await release(await heldFile(held), { anew: true, timesAreTrue: true, lastLineIsWhole: true });
      return { tried: 1, released: state === 'released' ? 1 : 0, next: null };
    }),
    DismissHeldFile: whenStarted(
      ingestionCommands.DismissHeldFile,
      async ({ held, reason }, { actor, at, commandId }) => {
        const document = await heldFile(held);
        const cause = `command:${commandId} by ${actor.account}`;
        const data: HeldSettled = { document, state: 'dismissed', at, cause, reason };
        const { settled } = await take<{ settled: boolean }>({ key: document.cell, type: 'HeldSettled', data });
        if (!settled) throw Fault.conflict('HeldMoved', `${held} has changed meanwhile: look at it again`);
        return { held, state: 'dismissed' };
      },
    ),
    AdvanceClock: whenStarted(ingestionCommands.AdvanceClock, async ({ to }) => {
      await advance(Date.parse(to));
      return { at: to };
    }),
  };
};

async function releaseFrom(after: string, { documents, release }: CommandOptions) {
  let tried = 0;
  let released = 0;
  for await (const page of pagesOf(documents, 'open', 'held', after)) {
    const states = await Promise.all(page.map((document) => release(document, { anew: true })));
    tried += page.length;
    released += states.filter((state) => state === 'released').length;
    if (tried >= MOST_AT_ONCE) return { tried, released, next: page.at(-1)!.held };
  }
  return { tried, released, next: null };
}
