export { openConnection } from './connection.ts';
export { Database } from './database.ts';
export { type Call, type Connection, type Operation, type Part, type Register, read, write } from './part.ts';
export type { DatabaseOptions } from './protocol.ts';
