import type { CountRow } from '@quantrac/contracts/queries/counts';
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
  /** The registered prefix that it resembles, and whose it is. */
  readonly proposed: string | null;
  readonly station?: string;
  readonly stationName?: string;
}

const MOST_SHOWN = 1000;

/** Shows what is held, why and what to do, and who sends without being known. */
export const listHeld = (data: string): Promise<void> =>
  asking(data, 'ingestion', async (ingestion) => {
    const [held, counts, senders] = await Promise.all([
      ingestion.query<Held>('held', { limit: MOST_SHOWN }),
      ingestion.query<CountRow>('counts', {}),
      ingestion.query<Sender>('unknownSenders', {}),
    ]);
    for (const file of held) process.stdout.write(heldText(file));
    for (const sender of senders) process.stdout.write(senderText(sender));
    const waiting = counts.reduce((sum, { section, count }) => (section === 'held' ? sum + count : sum), 0);
    if (held.length === 0) process.stdout.write('nothing is held\n');
    else if (waiting > held.length) process.stdout.write(`first ${grouped(held.length)} of ${grouped(waiting)}\n`);
    else process.stdout.write(`${grouped(waiting)} held\n`);
  });

const grouped = (count: number): string => count.toLocaleString('en');

function heldText({ held, path, reason, advice, lines }: Held): string {
  const why = lines.map((line) => `    line ${line.line} "${line.text}": ${line.reason}: ${line.advice}\n`);
  return `${held}  ${path}\n${lines.length === 0 ? `    ${reason}: ${advice}\n` : why.join('')}`;
}

function senderText({ prefix, files, account, folder, proposed, station, stationName }: Sender): string {
  const from = `${folder ? ` in folder ${folder}` : ''}${account ? ` by ${account}` : ''}`;
  const like = proposed === null ? '' : `; like "${proposed}"${station ? ` of ${station} ${stationName}` : ''}`;
  return `unknown sender "${prefix}"${from}: ${files} files${like}\n`;
}

export async function assignHeld(data: string, held: string, station: string): Promise<void> {
  const done = await asking(data, 'ingestion', (ingestion) =>
    ingestion.handle<{ state: string }>('AssignHeldFile', { held, station }, operator()),
  );
  process.stdout.write(`${held}: ${done.state}\n`);
}

interface Reprocessed {
  readonly tried: number;
  readonly released: number;
  readonly next: string | null;
}

/** One command reads as many as it can in its time, so there are as many commands as that takes. */
export const reprocessHeld = (data: string, held: string | undefined): Promise<void> =>
  asking(data, 'ingestion', async (ingestion) => {
    let [tried, released] = [0, 0];
    for (let after: string | null | undefined; after !== null; ) {
      const asked = { ...(held && { held }), ...(after && { after }) };
      const done: Reprocessed = await ingestion.handle('ReprocessHeldFiles', asked, operator());
      tried += done.tried;
      released += done.released;
      after = done.next;
    }
    process.stdout.write(`${tried} read again, ${released} released\n`);
  });
