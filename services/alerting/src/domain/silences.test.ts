import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Silence, type SilentStretch, silenceOf, withSilence } from './silences.ts';

const stretch = (
  episode: string,
  start: number,
  end: number | null,
  other: Partial<SilentStretch> = {},
): SilentStretch => ({
  episode,
  root: undefined,
  start,
  end,
  nodeAway: false,
  ...other,
});

/** The root of each stretch, as they are told one after the other. */
function roots(...stretches: readonly SilentStretch[]): string[] {
  let silences: Silence[] = [];
  const known = new Map<string, string>();
  return stretches.map((one) => {
    const silence = silenceOf(silences, { ...one, root: known.get(one.episode) });
    silences = withSilence(silences, silence);
    known.set(one.episode, silence.root);
    return silence.root;
  });
}

it('the pieces of an outage that is filled in out of order are one silence', () => {
  const pieces = [stretch('1', 0, 30), stretch('2', 50, 70), stretch('3', 80, 100), stretch('1', 10, 30)];
  assert.deepEqual(roots(stretch('1', 0, null), stretch('1', 0, 100), ...pieces), ['1', '1', '1', '1', '1', '1']);
});

it('an outage that begins at the end of another belongs to it, a later one does not', () => {
  assert.deepEqual(roots(stretch('1', 0, null), stretch('1', 0, 40), stretch('2', 40, null)), ['1', '1', '1']);
  assert.deepEqual(roots(stretch('1', 0, null), stretch('1', 0, 40), stretch('2', 41, null)), ['1', '1', '2']);
});

it('while a piece lasts, what begins later is part of it, also when another piece has ended since', () => {
  const told = [
    stretch('1', 0, null),
    stretch('1', 0, 40),
    stretch('2', 40, null),
    stretch('1', 0, 30),
    stretch('3', 60, 70),
  ];
  assert.deepEqual(roots(...told), ['1', '1', '1', '1', '1']);
});

it("a node's absence and a station's outage are two", () => {
  assert.deepEqual(roots(stretch('1', 0, 40, { nodeAway: true }), stretch('2', 40, null)), ['1', '2']);
});

it('few are remembered', () => {
  const many = Array.from({ length: 30 }, (_, index) => stretch(String(index), index * 100, index * 100 + 10));
  const silences = many.reduce<Silence[]>((known, one) => withSilence(known, silenceOf(known, one)), []);
  assert.equal(silences.length, 10);
});

it('of them those that something was told of last, so that an old one is known while it is filled in', () => {
  const old = [stretch('old', 0, null), stretch('old', 0, 10_000)];
  const later = Array.from({ length: 9 }, (_, index) =>
    stretch(String(index), 20_000 + index * 100, 20_000 + index * 100 + 10),
  );
  const pieces = [
    stretch('old', 0, 5000),
    ...later.slice(5),
    stretch('10', 30_000, 30_010),
    stretch('11', 40_000, 40_010),
  ];
  assert.equal(roots(...old, ...later, ...pieces, stretch('piece', 7000, 9000)).at(-1), 'old');
});
