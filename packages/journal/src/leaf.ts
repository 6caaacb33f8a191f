/** What a journal says of one record; the tree is made of these, the payload lies beside. */
export interface Leaf {
  /** 1, 2, 3 ... without holes. */
  readonly number: number;
  /** The type of the topic record: `ObservationSetChecked`. */
  readonly type: string;
  readonly key: string;
  readonly sequence: string;
  /** UTC, ISO 8601 with milliseconds. */
  readonly knownAt: string;
  /** Bytes of the payload. */
  readonly length: number;
  /** SHA-256 of the payload: 64 hexadecimal digits in lower case. */
  readonly payloadHash: string;
}

const LINES = 7;

/** The leaf's text: its fields in the order above, a line each. Stored and hashed for ever: it never changes. */
export const leafText = ({ number, type, key, sequence, knownAt, length, payloadHash }: Leaf): string =>
  `${number}\n${type}\n${key}\n${sequence}\n${knownAt}\n${length}\n${payloadHash}\n`;

/** Whether a text can stand in a leaf, whose fields end with their lines. */
export const isLine = (text: string): boolean => text !== '' && !/\p{Cc}/u.test(text);

/** The leaves of texts that were written one after the other; `undefined` where one of them is none. */
export function parseLeaves(texts: string): readonly Leaf[] | undefined {
  const lines = texts.split('\n');
  if (lines.pop() !== '' || lines.length % LINES !== 0) return undefined;
  const leaves: Leaf[] = [];
  for (let at = 0; at < lines.length; at += LINES) {
    const leaf: Leaf = {
      number: Number(lines[at]),
      type: lines[at + 1]!,
      key: lines[at + 2]!,
      sequence: lines[at + 3]!,
      knownAt: lines[at + 4]!,
      length: Number(lines[at + 5]),
      payloadHash: lines[at + 6]!,
    };
    if (!isCount(leaf.number, lines[at]!) || !isCount(leaf.length, lines[at + 5]!)) return undefined;
    leaves.push(leaf);
  }
  return leaves;
}

/** One number has one text, so that one leaf has one hash. */
const isCount = (number: number, text: string): boolean =>
  Number.isSafeInteger(number) && number >= 0 && String(number) === text;
