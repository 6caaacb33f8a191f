import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';

/** A file that this process alone holds, until it is removed, refused or put back. */
export interface Claim {
  /** Relative to the watched folder, forward slashes. */
  readonly path: string;
  readonly file: string;
  /** Claimed by a run that did not finish it. */
  readonly earlier: boolean;
}

export interface Claims {
  /** Moves a file out of the watched folder: `undefined` when somebody else was faster. */
  take(path: string): Promise<Claim | undefined>;
  /** What earlier runs claimed and did not finish. */
  left(): Promise<readonly Claim[]>;
  remove(claim: Claim): Promise<void>;
  /** Keeps the file apart, with a text beside it that says why. */
  refuse(claim: Claim, reason: string): Promise<void>;
  /** False when a newer file has taken its name, or the file system has no links: then the claim stays. */
  putBack(claim: Claim): Promise<boolean>;
  /** Folders that claims left behind. */
  tidy(): Promise<void>;
}

export interface ClaimFolders {
  readonly root: string;
  readonly claimFolder: string;
  readonly refusedFolder: string;
}

/** Beside the watched folder; where no rename leads there, as from a mount of its own, inside under a name that no scan sees. */
export const claimFolderFor = async (root: string, name: string): Promise<string> => {
  const beside = `${root}.${name}`;
  const probe = `.${name}-${randomUUID()}`;
  try {
    await mkdir(beside, { recursive: true });
    await writeFile(join(root, probe), '');
    await rename(join(root, probe), join(beside, probe));
    await unlink(join(beside, probe));
    return beside;
  } catch {
    await unlink(join(root, probe)).catch(() => {});
    return join(root, `.${name}`);
  }
};

/**
 * Claims by rename, which only one process can win. Each run claims into a folder of its own, under the path that the
 * file had, so that no claim can overwrite another and a crash forgets nothing.
 * @throws Fault `ClaimFolderElsewhere` when a rename cannot lead there
 */
export const openClaims = async ({ root, claimFolder, refusedFolder }: ClaimFolders): Promise<Claims> => {
  const run = join(claimFolder, randomUUID());
  for (const folder of [claimFolder, refusedFolder])
    if (`${root}/`.startsWith(`${folder}/`))
      throw Fault.invalid(
        'ClaimFolderElsewhere',
        `"${root}" must not stand in "${folder}": choose another claim folder`,
      );
  await Promise.all([root, run, refusedFolder].map((folder) => mkdir(folder, { recursive: true })));
  const devices = await Promise.all([root, run, refusedFolder].map(async (folder) => (await stat(folder)).dev));
  if (new Set(devices).size > 1)
    throw Fault.invalid('ClaimFolderElsewhere', `"${claimFolder}" must be on the file system of "${root}"`);

  return {
    async take(path) {
      const claim = { path, file: join(run, path), earlier: false };
      return (await moved(join(root, path), claim.file)) ? claim : undefined;
    },
    async left() {
      const files = await readdir(claimFolder, { recursive: true, withFileTypes: true });
      return files
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => join(parentPath, name))
        .filter((file) => !file.startsWith(run))
        .map((file) => ({ path: relative(claimFolder, file).split('/').slice(1).join('/'), file, earlier: true }))
        .filter(({ path }) => path !== '');
    },
    remove: ({ file }) => unlink(file),
    async refuse({ path, file }, reason) {
      let target = join(refusedFolder, path);
      for (let copy = 2; await exists(target); copy++) target = `${join(refusedFolder, path)}~${copy}`;
      if (await moved(file, target)) await writeFile(`${target}.reason`, `${reason}\n`);
    },
    async putBack({ path, file }) {
      try {
        await mkdir(dirname(join(root, path)), { recursive: true });
        // a rename would replace a newer file of that name
        await link(file, join(root, path));
      } catch {
        return false;
      }
      await unlink(file);
      return true;
    },
    tidy: () => removeEmptyFolders(claimFolder, run),
  };
};

/** False when there is nothing to move. */
const moved = async (from: string, to: string): Promise<boolean> => {
  if (await renamed(from, to)) return true;
  await mkdir(dirname(to), { recursive: true });
  return renamed(from, to);
};

const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const removeEmptyFolders = async (folder: string, keep: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inside = join(folder, entry.name);
    await removeEmptyFolders(inside, keep);
    // what is not empty stays: a claim may have come in the meantime
    if (inside !== keep) await rmdir(inside).catch(() => {});
  }
};
