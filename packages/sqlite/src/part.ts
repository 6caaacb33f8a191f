import type Database from 'better-sqlite3';

export type Connection = Database.Database;

/** Told by the worker; what is registered stays so for the life of the file's thread. */
export type Register = (listener: () => void) => void;

/** One port's share of a service's file: its tables and what can be asked of them, in the worker thread. */
export interface Part {
  readonly name: string;
  /**
   * Makes missing tables and prepares statements; runs inside a transaction.
   * `onRollback` is told when what was cached of the file may be untrue; `onCommit` after every commit, before it is answered.
   */
  readonly open: (
    connection: Connection,
    onRollback: Register,
    onCommit: Register,
  ) => Readonly<Record<string, Operation>>;
}

export interface Operation {
  readonly writes: boolean;
  readonly run: (argument: never) => unknown;
}

/** What is asked of the worker: operations that commit together or not at all. */
export interface Call {
  /** `<part>.<operation>` */
  readonly operation: string;
  readonly argument: unknown;
}

export const read = <A, R>(run: (argument: A) => R) => ({ writes: false, run });
export const write = <A, R>(run: (argument: A) => R) => ({ writes: true, run });
