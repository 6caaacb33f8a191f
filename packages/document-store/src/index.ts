export { type Collection, DocumentStore, type FieldValue, type Find, type Put, type Stored } from './document-store.ts';
export { SqliteDocumentStore } from './sqlite-document-store.ts';
