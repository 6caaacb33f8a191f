import type { Row } from '@quantrac/time-series';

const decoder = new TextDecoder();

/** The record that a row carries. */
export const dataOf = <Data>({ value }: Row): Data => JSON.parse(decoder.decode(value)) as Data;
