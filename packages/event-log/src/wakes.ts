import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

type Listener = () => void;

/** One watch a folder and process. A hint only: whoever listens also looks by itself. */
const folders = new Map<string, { watcher: FSWatcher | undefined; listeners: Map<string, Set<Listener>> }>();

/** Calls `listener` soon after some process wrote to `file`; returns how to stop. */
export function onWrite(file: string, listener: Listener): () => void {
  const folder = dirname(file);
  const name = basename(file);
  const entry = folders.get(folder) ?? open(folder);
  const listeners = entry.listeners.get(name) ?? new Set();
  entry.listeners.set(name, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) entry.listeners.delete(name);
    if (entry.listeners.size > 0) return;
    entry.watcher?.close();
    folders.delete(folder);
  };
}

function open(folder: string) {
  const listeners = new Map<string, Set<Listener>>();
  const tell = (_event: string, written: string | null) => {
    for (const listener of listeners.get(written ?? '') ?? []) listener();
  };
  let watcher: FSWatcher | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    watcher = watch(folder, { persistent: false }, tell);
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = undefined;
  }
  const entry = { watcher, listeners };
  folders.set(folder, entry);
  return entry;
}
