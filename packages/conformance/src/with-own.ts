/** The target, but for these members: a store of which one call fails, waits or is counted. */
export const withOwn = <Target extends object>(target: Target, own: Partial<Target>): Target =>
  new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(name in own ? own : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
