export { type Blob, type BlobRef, BlobStore, blobRef, sha256Of } from './blob-store.ts';
export { packed, SqliteBlobStore } from './sqlite-blob-store.ts';
