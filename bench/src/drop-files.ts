import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Upload } from './fleet.ts';

/** Files that lie beside the inbox, whole; dropping one is a rename. */
export interface Staged {
  drop(index: number): void;
}

/** Writes the files beside the inbox before the clock starts. */
export function stage(inbox: string, files: readonly Upload[]): Staged {
  const staging = `${inbox}.staged`;
  const moves = files.map(({ path }) => ({ from: join(staging, path), to: join(inbox, path) }));
  const folders = new Set(moves.flatMap(({ from, to }) => [dirname(from), dirname(to)]));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  moves.forEach(({ from }, index) => {
    writeFileSync(from, files[index]!.bytes);
  });
  return {
    drop(index) {
      const { from, to } = moves[index]!;
      renameSync(from, to);
    },
  };
}
