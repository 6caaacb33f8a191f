import { hash } from 'node:crypto';

/** A SHA-256 as 32 characters of one byte each (latin1): what node:crypto makes and takes the fastest. */
export type Hash = string;

const node = Buffer.alloc(65, 1);

/** RFC 6962, 2.1: the hash of a leaf, over 0x00 and the leaf's text in UTF-8. */
export const leafHash = (text: string): Hash => hash('sha256', `\0${text}`, 'binary');

/** RFC 6962, 2.1: the hash of an inner node, over 0x01 and its two children. */
export function nodeHash(left: Hash, right: Hash): Hash {
  node.write(left, 1, 'latin1');
  node.write(right, 33, 'latin1');
  return hash('sha256', node, 'binary');
}

/** RFC 6962, 2.1: the root of a tree without leaves. */
export const emptyRoot: Hash = hash('sha256', '', 'binary');

/** 64 hexadecimal digits in lower case. */
export const payloadHash = (payload: Uint8Array): string => hash('sha256', payload, 'hex');

export const hashToHex = (of: Hash): string => Buffer.from(of, 'latin1').toString('hex');

export const hashToBytes = (of: Hash): Buffer => Buffer.from(of, 'binary');

export const hashFromBytes = (bytes: Uint8Array): Hash =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('binary');
