export { openConnection } from './connection.ts';
export { Database } from './database.ts';
export { type Call, type Connection, type Operation, type Part, read, write } from './part.ts';
