import { ingestionCommands } from '@quantrac/contracts/commands/ingestion';
import type { DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { type CommandContext, type CommandHandler, command } from '@quantrac/service';
import type { HeldDocument, HeldSettled } from '../domain/held-file.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import type { PersonsCommand, Reading } from '../intake/release.ts';
import { heldFiles, pagesOf } from '../intake/releases.ts';
import type { Entry } from '../intake/take-in.ts';
import { answeredOnce } from './answered-once.ts';

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
  const once = answeredOnce(documents);
  const whenStarted: typeof command = (schema, handle) =>
    command(schema, async (data, context) => {
      await options.started;
      return handle(data, context);
    });
  return {
    AssignHeldFile: whenStarted(
      ingestionCommands.AssignHeldFile,
      once('AssignHeldFile', async ({ held, station }, context) => {
        const record = directory().station(station);
        if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is registered`);
        const reading = { command: commandOf(context), station: record, anew: true } as const;
        return { held, state: await release(await heldFile(documents, held), reading) };
      }),
    ),
    ReprocessHeldFiles: whenStarted(
      ingestionCommands.ReprocessHeldFiles,
      once('ReprocessHeldFiles', async ({ held, after }, context) => {
        const reading = { command: commandOf(context), anew: true } as const;
        if (held === undefined) return releaseFrom(after ?? '', options, reading);
        const asTold = { ...reading, timesAreTrue: true, lastLineIsWhole: true } as const;
        const state = await release(await heldFile(documents, held), asTold);
        return { tried: 1, released: state === 'released' ? 1 : 0, next: null };
      }),
    ),
    DismissHeldFile: whenStarted(
      ingestionCommands.DismissHeldFile,
      once('DismissHeldFile', async ({ held, reason }, context) => {
        const document = await heldFile(documents, held);
        const data: HeldSettled = { document, state: 'dismissed', at: context.at, ...commandOf(context), reason };
        const { settled } = await take<{ settled: boolean }>({ key: document.cell, type: 'HeldSettled', data });
        if (!settled) throw Fault.conflict('HeldMoved', `${held} has changed meanwhile: look at it again`);
        return { held, state: 'dismissed' };
      }),
    ),
    AdvanceClock: whenStarted(ingestionCommands.AdvanceClock, async ({ to }) => {
      await advance(Date.parse(to));
      return { at: to };
    }),
  };
};

/** From where he asked stands with the answer: the topic tells no addresses. */
const commandOf = ({ commandId, actor: { from: _, ...by } }: CommandContext): PersonsCommand => ({
  cause: `command:${commandId}`,
  by,
});

async function heldFile(documents: DocumentStore, held: string): Promise<HeldDocument> {
  const stored = await documents.get(heldFiles, held);
  if (!stored) throw Fault.notFound('HeldUnknown', `no file is held as ${held}: list what is held`);
  if (stored.document.state !== 'held')
    throw Fault.rejected('HeldSettled', `${held} is ${stored.document.state} already`);
  return stored.document;
}

async function releaseFrom(after: string, { documents, release }: CommandOptions, reading: Reading) {
  let tried = 0;
  let released = 0;
  for await (const page of pagesOf(documents, 'open', 'held', after)) {
    const states = await Promise.all(page.map((document) => release(document, reading)));
    tried += page.length;
    released += states.filter((state) => state === 'released').length;
    if (tried >= MOST_AT_ONCE) return { tried, released, next: page.at(-1)!.held };
  }
  return { tried, released, next: null };
}
