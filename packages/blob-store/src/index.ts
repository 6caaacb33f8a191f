export { type Blob, type BlobRef, BlobStore, sha256Of } from './blob-store.ts';
export { packed, SqliteBlobStore } from './sqlite-blob-store.ts';
