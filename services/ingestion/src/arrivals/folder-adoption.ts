import { type Dirent, readdirSync, statSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Claim, claimsIn } from './folder-claims.ts';

export interface AdoptionOptions {
  /** Of this instance. */
  readonly claimFolder: string;
  /** Of this run, inside it. */
  readonly run: string;
  /** How the claim folders of all instances on the watched folder begin. */
  readonly stem: string;
  readonly putBack: (claim: Claim) => boolean;
  /** A minute unless set. */
  readonly goneAfterMs?: number | undefined;
}

export interface Adoption {
  /** Says that this run goes on, and puts back what the runs of others claimed that do not. */
  look(): void;
}

const GONE_AFTER_MS = 60_000;

/**
 * What an instance claimed that is gone, and not started again, is for the others. No clocks are compared: a run is gone whose folder has had
 * the same time for so long. Where one only stood still, both take the file in, and the second finds a repeat.
 */
export const openAdoption = (options: AdoptionOptions): Adoption => {
  const { claimFolder, run, stem, putBack, goneAfterMs = GONE_AFTER_MS } = options;
  /** By the folder of another's run, its time and since when it has had that. */
  const seen = new Map<string, { readonly time: number; readonly since: number }>();
  const isGone = (folder: string): boolean => {
    const time = statSync(folder).mtimeMs;
    const now = performance.now();
    const before = seen.get(folder);
    if (before?.time === time) return now - before.since >= goneAfterMs;
    seen.set(folder, { time, since: now });
    return false;
  };
  return {
    look() {
      const now = new Date();
      utimesSync(run, now, now);
      for (const folder of foldersIn(dirname(stem))) {
        const isSibling = folder === stem || folder.startsWith(`${stem}-`);
        if (!isSibling || folder === claimFolder) continue;
        for (const other of foldersIn(folder).filter(isGone))
          for (const claim of claimsIn(folder, other)) putBack(claim);
      }
    },
  };
};

const foldersIn = (folder: string): readonly string[] =>
  entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));

/** None, where it has just gone. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** `claimFolder` without the name of its instance. */
export const stemOf = (claimFolder: string, instance: string | undefined): string =>
  instance === undefined
    ? claimFolder
    : join(dirname(claimFolder), basename(claimFolder).slice(0, -instance.length - 1));
