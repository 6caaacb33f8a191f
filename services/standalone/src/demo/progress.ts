/** One line that is written over, on a terminal; elsewhere a line every few seconds. */
export function progressLine(): { say(text: string): void; update(node: string, at: number): void; done(): void } {
  const at = new Map<string, number>();
  const terminal = process.stderr.isTTY;
  let shownAt = 0;
  const line = () => [...at].map(([node, time]) => `${node} ${local(time)}`).join('   ');
  const clear = () => void (terminal && process.stderr.write('\r\x1b[K'));
  return {
    say(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    update(node, time) {
      at.set(node, time);
      const now = Date.now();
      if (now - shownAt < (terminal ? 100 : 3000)) return;
      shownAt = now;
      process.stderr.write(terminal ? `\r\x1b[K${line()}` : `${line()}\n`);
    },
    done: clear,
  };
}

/** dd/MM HH:mm in Việt Nam. */
const local = (ms: number): string => {
  const [date, time] = new Date(ms + 7 * 3_600_000).toISOString().split('T');
  return `${date!.slice(8, 10)}/${date!.slice(5, 7)} ${time!.slice(0, 5)}`;
};
