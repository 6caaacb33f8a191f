import { Fault } from '@quantrac/event-sourcing';
import { type Part, read, write } from './part.ts';

/** What the tests of `Database` ask of a file: entries, and a look at what the worker tells a part. */
export const part: Part = {
  name: 'ledger',
  open(connection, onRollback, onCommit) {
    connection.exec('CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const add = connection.prepare<[string]>('INSERT INTO entries (text) VALUES (?)');
    const all = connection.prepare<[], { text: string }>('SELECT text FROM entries ORDER BY id');
    let commits = 0;
    let rollbacks = 0;
    onCommit(() => commits++);
    onRollback(() => rollbacks++);
    return {
      add: write((text: string) => Number(add.run(text).lastInsertRowid)),
      addAndRefuse: write((text: string) => {
        add.run(text);
        throw Fault.conflict('Refused', 'refused after writing');
      }),
      all: read(() => all.all().map(({ text }) => text)),
      told: read(() => ({ commits, rollbacks })),
      limitPages: read((more: number) => {
        const pages = connection.pragma('page_count', { simple: true }) as number;
        connection.pragma(`max_page_count = ${pages + more}`);
      }),
      endThread: read(() => process.exit()),
    };
  },
};
