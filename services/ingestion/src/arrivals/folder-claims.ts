import { randomUUID } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';

const maxNameBytes = 255;

/** A file that this process alone holds, until it is removed, refused or put back. */
export interface Claim {
  /** Relative to the watched folder, forward slashes. */
  readonly path: string;
  readonly file: string;
  /** Claimed by a run that did not finish it. */
  readonly earlier: boolean;
}

export interface Claims {
  /** Where this run claims to. */
  readonly run: string;
  /** Moves a file out of the watched folder: `undefined` when somebody else was faster. */
  take(path: string): Claim | undefined;
  /** What earlier runs claimed and did not finish. */
  left(): readonly Claim[];
  remove(claim: Claim): void;
  /** Keeps the file apart, with a text beside it that says why. */
  refuse(claim: Claim, reason: string): void;
  /** False when a newer file has taken its name, or the file system has no links: then the claim stays. */
  putBack(claim: Claim): boolean;
  /** Folders that claims left behind. */
  tidy(): void;
}

export interface ClaimFolders {
  readonly root: string;
  readonly claimFolder: string;
  readonly refusedFolder: string;
}

/** Beside the watched folder; where no rename leads there, as from a mount of its own, inside under a name that no scan sees. */
export const claimFolderFor = (root: string, name: string): string => {
  const beside = `${root}.${name}`;
  const probe = `.${name}-${randomUUID()}`;
  try {
    mkdirSync(beside, { recursive: true });
    writeFileSync(join(root, probe), '');
    renameSync(join(root, probe), join(beside, probe));
    unlinkSync(join(beside, probe));
    return beside;
  } catch {
    succeeds(() => unlinkSync(join(root, probe)));
    return join(root, `.${name}`);
  }
};

/**
 * Claims by rename, which only one process can win. Each run claims into a folder of its own, under a name that tells
 * the path that the file had, so that no claim can overwrite another and a crash forgets nothing.
 * @throws Fault `ClaimFolderElsewhere` when a rename cannot lead there
 */
export const openClaims = ({ root, claimFolder, refusedFolder }: ClaimFolders): Claims => {
  const run = join(claimFolder, randomUUID());
  for (const folder of [claimFolder, refusedFolder])
    if (`${root}/`.startsWith(`${folder}/`))
      throw Fault.invalid(
        'ClaimFolderElsewhere',
        `"${root}" must not stand in "${folder}": choose another claim folder`,
      );
  for (const folder of [root, run, refusedFolder]) mkdirSync(folder, { recursive: true });
  const devices = [root, run, refusedFolder].map((folder) => statSync(folder).dev);
  if (new Set(devices).size > 1)
    throw Fault.invalid('ClaimFolderElsewhere', `"${claimFolder}" must be on the file system of "${root}"`);

  return {
    run,
    take(path) {
      const claim = { path, file: join(run, nameOf(path)), earlier: false };
      return moved(join(root, path), claim.file) ? claim : undefined;
    },
    left: () => claimsIn(claimFolder, claimFolder).filter(({ file }) => !file.startsWith(run)),
    remove: ({ file }) => unlinkSync(file),
    refuse({ path, file }, reason) {
      let target = join(refusedFolder, path);
      for (let copy = 2; existsSync(target); copy++) target = `${join(refusedFolder, path)}~${copy}`;
      if (moved(file, target)) writeFileSync(`${target}.reason`, `${reason}\n`);
    },
    putBack({ path, file }) {
      const back = succeeds(() => {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        // a rename would replace a newer file of that name
        linkSync(file, join(root, path));
      });
      if (back) unlinkSync(file);
      return back;
    },
    tidy: () => removeEmptyFolders(claimFolder, run),
  };
};

/** What lies claimed in one folder of a claim folder, or in all of it. */
export const claimsIn = (claimFolder: string, folder: string): readonly Claim[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => ({ path: pathOf(relative(claimFolder, file)), file, earlier: true }))
    .filter(({ path }) => path !== '');

/** One name, since folders of its own would cost a file more than all else; where that is too long it has them still. */
const nameOf = (path: string): string => {
  const escaped = path.replaceAll('%', '%25');
  const name = escaped.replaceAll('/', '%2F');
  return Buffer.byteLength(name) <= maxNameBytes ? name : escaped;
};

/** Behind the run's folder; empty where it lies in none. */
const pathOf = (claimed: string): string =>
  claimed.split('/').slice(1).join('/').replaceAll('%2F', '/').replaceAll('%25', '%');

/** False when there is nothing to move. */
const moved = (from: string, to: string): boolean => {
  if (renamed(from, to)) return true;
  mkdirSync(dirname(to), { recursive: true });
  return renamed(from, to);
};

const renamed = (from: string, to: string): boolean => {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};

const succeeds = (deed: () => void): boolean => {
  try {
    deed();
    return true;
  } catch {
    return false;
  }
};

const removeEmptyFolders = (folder: string, keep: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inside = join(folder, entry.name);
    removeEmptyFolders(inside, keep);
    // what is not empty stays: a claim may have come in the meantime
    if (inside !== keep) succeeds(() => rmdirSync(inside));
  }
};
