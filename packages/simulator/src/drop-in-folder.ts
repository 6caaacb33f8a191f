import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Delivery } from './deliveries.ts';

/** Writes each file under `.tmp` and renames it, so that whoever watches the folder never sees half of one. */
export async function dropInFolder(
  root: string,
  deliveries: readonly Pick<Delivery, 'path' | 'bytes'>[],
): Promise<void> {
  for (const { path, bytes } of deliveries) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.tmp`, bytes);
    await rename(`${target}.tmp`, target);
  }
}
