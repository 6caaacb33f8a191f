import type { Written } from './effects.ts';

/** Where a cell is one document with its effects: how many characters of text these may come to. */
export interface CellBounds {
  /** With so many a key's turn ends; the rest of its messages is the next turn's, with a commit of its own. */
  readonly turn: number;
  /** A message that leads to more by itself is set aside. */
  readonly one: number;
  /** Of messages that wait; who would have to wait beyond it is set aside. */
  readonly waiting: number;
}

/** MongoDB takes 16 MB a document. Effects are text within its text, a quarter longer there; what waits is packed to a tenth or less. */
export const boundsOfDocuments: CellBounds = { turn: 2 << 20, one: 6 << 20, waiting: 48 << 20 };

/** What lies beside a row's value. */
const ROW_CHARACTERS = 300;

export function charactersOf(output: Written): number {
  if (output.kind === 'row') return output.text.length + ROW_CHARACTERS;
  return JSON.stringify(output.kind === 'document' ? output.document : output.command).length + ROW_CHARACTERS;
}

export const charactersWaiting = (text: { readonly length: number }): number => text.length + ROW_CHARACTERS;
