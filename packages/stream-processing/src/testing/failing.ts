import { Fault } from '@quantrac/event-sourcing';

export type FailsWhen = 'before it is done' | 'after it was done';

/** One call among all calls of some stores that fails, once. */
export interface Failing {
  /** How many calls there were since it was set. */
  readonly calls: () => number;
  readonly failAt: (call: number, when: FailsWhen) => void;
  readonly watched: <Store extends object>(store: Store) => Store;
}

/** Real stores, of which the nth call fails: the disk is full, or the answer was lost. */
export function failing(): Failing {
  let [calls, at, when] = [0, Infinity, 'before it is done' as FailsWhen];
  const unavailable = (name: string) => Fault.unavailable('Failing', `${name} fails ${when}`);
  const call = async (name: string, work: () => unknown) => {
    const fails = ++calls === at;
    if (fails && when === 'before it is done') throw unavailable(name);
    const result = await work();
    if (fails) throw unavailable(name);
    return result;
  };
  return {
    calls: () => calls,
    failAt(nth, then) {
      [calls, at, when] = [0, nth, then];
    },
    watched: (store) =>
      new Proxy(store, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => call(String(name), () => value.apply(target, args));
        },
      }),
  };
}
