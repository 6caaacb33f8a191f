import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

type Listener = () => void;

/** One watch a folder and process: whoever reads a file is told that some process wrote to it. A hint only; readers also look by themselves. */
const folders = new Map<string, { watcher: FSWatcher | undefined; listeners: Map<string, Set<Listener>> }>();

/** Calls `listener` soon after `file` (or its write-ahead log) was written; returns how to stop. */
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
  const tell = (_event: string, written: string | Buffer | null) => {
    if (typeof written !== 'string') return;
    for (const listener of listeners.get(written.replace(/-wal$/, '')) ?? []) listener();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, tell);
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = undefined;
  }
  const entry = { watcher, listeners };
  folders.set(folder, entry);
  return entry;
}
