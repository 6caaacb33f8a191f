import { compare, type Decimal, type Flag, flags, subtract } from '@quantrac/regulations';
import type { FlatLineRules } from './station-rules.ts';

/**
 * N or more readings in a row, this one the last, of which no two differ by more than the tolerance: reading N + 1 stays flagged.
 * `earlier`: the value before the one given last, undefined when there is none. Too few of them to tell: not evaluated.
 */
export function flatLine(value: Decimal, earlier: () => Decimal | undefined, rules: FlatLineRules | undefined): Flag {
  const { suspectAfter, failAfter } = rules ?? {};
  if (!rules || (suspectAfter === undefined && failAfter === undefined)) return flags.notEvaluated;
  const { run, ended } = runOf(value, earlier, rules.tolerance, Math.max(suspectAfter ?? 0, failAfter ?? 0));
  if (failAfter !== undefined && run >= failAfter) return flags.fail;
  if (suspectAfter !== undefined && run >= suspectAfter) return flags.suspect;
  return ended ? flags.pass : flags.notEvaluated;
}

/** Counts up to `longest`; `ended`: an earlier value lies outside, so the run is told whole. */
function runOf(value: Decimal, earlier: () => Decimal | undefined, tolerance: Decimal, longest: number) {
  let lowest = value;
  let highest = value;
  let run = 1;
  while (run < longest) {
    const before = earlier();
    if (!before) break;
    if (compare(before, lowest) < 0) lowest = before;
    else if (compare(before, highest) > 0) highest = before;
    if (compare(subtract(highest, lowest), tolerance) > 0) return { run, ended: true };
    run++;
  }
  return { run, ended: false };
}
