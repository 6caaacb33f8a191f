import type { TimeSeries } from '@quantrac/time-series';
import { charactersWaiting } from './cell-bounds.ts';
import { type Deciding, decideMessages, type Live, type Taken, type Work } from './decide-messages.ts';
import type { Missing } from './held-rows.ts';
import type { Message } from './processor.ts';

export interface Decided<State> {
  /** By key. */
  readonly work: readonly Work<State>[];
  /** What had waited, and could not be decided when it was its turn. */
  readonly failed: readonly Taken[];
}

interface Deciders<State> {
  readonly deciding: Omit<Deciding<State>, 'onFailed'>;
  /** Where rows are that are looked back at. */
  readonly series: TimeSeries;
}

/** Decides the messages of each key as far as its turn goes; `results` is told what became of each. */
export async function decideBatch<State>(
  live: readonly Live<State>[],
  messages: ReadonlyMap<string, readonly Message[]>,
  results: Map<Message, Taken>,
  { deciding, series }: Deciders<State>,
): Promise<Decided<State>> {
  const failed: Taken[] = [];
  const telling = { ...deciding, onFailed: (taken: Taken) => void failed.push(taken) };
  const work = live.map((one) => workOn(one, messages.get(one.key)!));
  for (let open: readonly Work<State>[] = work; open.length > 0; ) {
    const missing = open.flatMap((one) => decideMessages(one, results, telling).map((range) => ({ one, range })));
    await load(missing, series);
    open = [...new Set(missing.map(({ one }) => one))];
  }
  return { work, failed };
}

function workOn<State>(live: Live<State>, messages: readonly Message[]): Work<State> {
  const { state, taken, parked = [] } = live.cell;
  return {
    live,
    messages,
    next: 0,
    state,
    taken: { ...taken },
    parked: [...parked],
    outputs: [],
    causes: [],
    rejected: [],
    moved: false,
    characters: 0,
    waiting: parked.reduce((sum, { text }) => sum + charactersWaiting(text), 0),
  };
}

async function load<State>(
  missing: readonly { one: Work<State>; range: Missing }[],
  series: TimeSeries,
): Promise<void> {
  for (let left = missing; left.length > 0; ) {
    const ranges = left.map(({ one, range: { wanted: _, ...range } }) => ({ ...range, key: one.live.key }));
    const answers = await series.ranges(ranges);
    left = left.flatMap(({ one, range }, index) => {
      const rest = one.live.rows.loaded(range, answers[index]!);
      return rest ? { one, range: rest } : [];
    });
  }
}
