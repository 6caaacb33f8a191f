/**
 * Listens from now on: resolves at the first signal, or when the process that started this one and talks to it is gone. Ctrl-C reaches a
 * whole group, and starters pass it on, so more signals change nothing.
 */
export function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}

/** Nobody listens any more, so that the process can end. */
export function letGo(): void {
  if (process.connected) process.disconnect();
}
