import { asking, operator } from '../asker.ts';

interface Held {
  readonly held: string;
  readonly path: string;
  readonly station: string | null;
  readonly reason: string;
  readonly advice: string;
  readonly lines: readonly { line: number; text: string; reason: string; advice: string }[];
}

interface Sender {
  readonly prefix: string;
  readonly folder: string | null;
  readonly account: string | null;
  readonly files: number;
  readonly proposed: string | null;
}

/** Shows what is held, why and what to do, and who sends without being known. */
export async function listHeld(data: string): Promise<void> {
  await asking(data, 'ingestion', async (ingestion) => {
    const held = await ingestion.query<Held>('held', {});
    for (const { held: id, path, reason, advice, lines } of held) {
      process.stdout.write(`${id}  ${path}\n`);
      if (lines.length === 0) process.stdout.write(`    ${reason}: ${advice}\n`);
      for (const { line, text, ...why } of lines)
        process.stdout.write(`    line ${line} "${text}": ${why.reason}: ${why.advice}\n`);
    }
    const senders = await ingestion.query<Sender>('unknownSenders', {});
    for (const { prefix, files, account, folder, proposed } of senders)
      process.stdout.write(
        `unknown sender "${prefix}"${folder ? ` in folder ${folder}` : ''}${account ? ` by ${account}` : ''}: ${files} files${proposed ? `; like "${proposed}"` : ''}\n`,
      );
    if (held.length === 0) process.stdout.write('nothing is held\n');
  });
}

export async function assignHeld(data: string, held: string, station: string): Promise<void> {
  const done = await asking(data, 'ingestion', (ingestion) =>
    ingestion.handle<{ state: string }>('AssignHeldFile', { held, station }, operator()),
  );
  process.stdout.write(`${held}: ${done.state}\n`);
}

export async function reprocessHeld(data: string, held: string | undefined): Promise<void> {
  const done = await asking(data, 'ingestion', (ingestion) =>
    ingestion.handle<{ tried: number; released: number }>('ReprocessHeldFiles', { ...(held && { held }) }, operator()),
  );
  process.stdout.write(`${done.tried} read again, ${done.released} released\n`);
}
