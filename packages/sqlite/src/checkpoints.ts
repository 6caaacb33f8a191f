import type { Connection } from './part.ts';

const LOOK_AFTER_MS = 50;
const PAGES_WORTH_IT = 500;
const IDLE_MS = 1000;

/**
 * Moves the write-ahead log into the file while nobody waits: after 50 ms when 4 MB stand in it, after a second
 * whatever stands there. PASSIVE never waits for readers. Returns what to call after each commit.
 */
export function checkpointsWhenIdle(connection: Connection, idle: () => boolean): () => void {
  let committedAt = 0;
  const timer = setTimeout(look, LOOK_AFTER_MS).unref();

  function look(): void {
    if (!idle() || !connection.open) return;
    try {
      const pages = pagesWaiting();
      if (pages === 0) return;
      if (pages >= PAGES_WORTH_IT || performance.now() - committedAt >= IDLE_MS)
        connection.pragma('wal_checkpoint(PASSIVE)');
      else timer.refresh();
    } catch {
      // Nothing is lost: a full disk or a busy file is met again at the next commit.
    }
  }

  function pagesWaiting(): number {
    const [state] = connection.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
    return state!.log - state!.checkpointed;
  }

  return () => {
    committedAt = performance.now();
    timer.refresh();
  };
}
