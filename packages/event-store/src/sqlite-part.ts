import { Fault } from '@quantrac/event-sourcing';
import { type Part, read, write } from '@quantrac/sqlite';

export interface CommitRow {
  readonly position: number;
  readonly stream: string;
  readonly from_version: number;
  readonly count: number;
  readonly command_id: string;
  readonly body: string;
}

export interface StreamArgument {
  readonly stream: string;
  readonly commandId?: string | undefined;
}

export interface StreamRows {
  readonly rows: readonly CommitRow[];
  /** The version that the command was answered with. */
  readonly answered: number | undefined;
}

export interface AppendArgument {
  readonly stream: string;
  readonly expected: number;
  readonly count: number;
  readonly commandId: string;
  readonly body: string;
}

const schema = `
  CREATE TABLE IF NOT EXISTS commits (
    position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, from_version INTEGER NOT NULL, count INTEGER NOT NULL,
    command_id TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS commits_version ON commits (stream, from_version);
  CREATE UNIQUE INDEX IF NOT EXISTS commits_command ON commits (stream, command_id);
  CREATE TABLE IF NOT EXISTS empty_answers (
    stream TEXT NOT NULL, command_id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (stream, command_id)
  ) STRICT, WITHOUT ROWID;
`;

export const part: Part = {
  name: 'event-store',
  open(connection) {
    connection.exec(schema);
    const ofStream = connection.prepare<[string], CommitRow>(
      'SELECT * FROM commits WHERE stream = +? ORDER BY from_version',
    );
    const version = connection.prepare<[string], { version: number }>(
      'SELECT from_version + count AS version FROM commits WHERE stream = +? ORDER BY from_version DESC LIMIT 1',
    );
    const answered = connection.prepare<StreamArgument, { version: number }>(
      `SELECT from_version + count AS version FROM commits WHERE stream = @stream AND command_id = @commandId
       UNION ALL SELECT version FROM empty_answers WHERE stream = @stream AND command_id = @commandId`,
    );
    const answerEmpty = connection.prepare('INSERT INTO empty_answers (stream, command_id, version) VALUES (?, ?, ?)');
    const insert = connection.prepare(
      'INSERT INTO commits (stream, from_version, count, command_id, body) VALUES (?, ?, ?, ?, ?)',
    );
    const all = connection.prepare<[number, number], CommitRow>(
      'SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT ?',
    );
    return {
      stream: read((argument: StreamArgument): StreamRows => {
        const asked = argument.commandId === undefined ? undefined : answered.get(argument);
        return { rows: ofStream.all(argument.stream), answered: asked?.version };
      }),
      all: read(({ after, limit }: { after: number; limit: number }) => all.all(after, limit)),
      append: write(({ stream, expected, count, commandId, body }: AppendArgument): number => {
        const before = answered.get({ stream, commandId });
        if (before) return before.version;
        const current = version.get(stream)?.version ?? 0;
        if (current !== expected)
          throw Fault.conflict('StreamMoved', `${stream} is at version ${current}, not ${expected}: load it again`);
        if (count > 0) insert.run(stream, expected, count, commandId, body);
        else answerEmpty.run(stream, commandId, expected);
        return expected + count;
      }),
    };
  },
};
