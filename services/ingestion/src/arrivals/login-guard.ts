/** How many wrong logins are borne before the next is refused unheard. */
export interface LoginLimits {
  /** Per address; an IPv6 address counts as its /64 network. */
  readonly failuresPerAddress: number;
  readonly failuresPerAccount: number;
  readonly windowMs: number;
}

export const loginLimitsByDefault: LoginLimits = {
  failuresPerAddress: 30,
  failuresPerAccount: 10,
  windowMs: 10 * 60_000,
};

/**
 * Counts wrong logins over all ways in. It never asks whether an account exists, so it cannot tell anybody.
 * `nowMs` is a monotonic clock's, the same one in every call.
 */
export interface LoginGuard {
  /** Milliseconds until this sender may try again; 0 when it may now. Above 0 the attempt is counted as refused. */
  waitMs(from: string, account: string, nowMs: number): number;
  failed(from: string, account: string, nowMs: number): void;
  succeeded(from: string, account: string, nowMs: number): void;
  counts(): { readonly failed: number; readonly refused: number };
}

const keysKept = 10_000;

/**
 * Sliding windows per address and per account. Loggers share addresses (mobile networks), and account names are easily
 * guessed: an account that logged in from this address within a day is not locked out by others' failures, only by
 * failures of the two together.
 */
export const loginGuard = (limits: LoginLimits = loginLimitsByDefault): LoginGuard => {
  const addresses = failureWindow(limits.failuresPerAddress, limits.windowMs);
  const accounts = failureWindow(limits.failuresPerAccount, limits.windowMs);
  const pairs = failureWindow(limits.failuresPerAccount, limits.windowMs);
  const knownSince = new Map<string, number>();
  const count = { failed: 0, refused: 0 };

  return {
    waitMs(from, account, nowMs) {
      const pair = `${from}\n${account}`;
      const known = nowMs - (knownSince.get(pair) ?? Number.NEGATIVE_INFINITY) < 24 * 3_600_000;
      const wait = known
        ? pairs.waitMs(pair, nowMs)
        : Math.max(addresses.waitMs(network(from), nowMs), accounts.waitMs(account, nowMs));
      if (wait > 0) count.refused++;
      return wait;
    },
    failed(from, account, nowMs) {
      count.failed++;
      addresses.add(network(from), nowMs);
      accounts.add(account, nowMs);
      pairs.add(`${from}\n${account}`, nowMs);
    },
    succeeded(from, account, nowMs) {
      putLatest(knownSince, `${from}\n${account}`, nowMs);
    },
    counts: () => ({ ...count }),
  };
};

/** Of each key only the failures that can still matter are kept: the last `limit` of them. */
const failureWindow = (limit: number, windowMs: number) => {
  const failures = new Map<string, readonly number[]>();
  return {
    waitMs(key: string, nowMs: number): number {
      const times = failures.get(key);
      if (times === undefined || times.length < limit) return 0;
      return Math.max(0, times[0]! + windowMs - nowMs);
    },
    add(key: string, nowMs: number): void {
      putLatest(failures, key, [...(failures.get(key) ?? []), nowMs].slice(-limit));
    },
  };
};

/** The map stays bounded however many names an attacker invents: the key unused for longest goes. */
const putLatest = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key);
  map.set(key, value);
  if (map.size > keysKept) map.delete(map.keys().next().value!);
};

/** Whoever holds an IPv6 address holds the /64 around it. */
const network = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address.replace(/^.*:/, '');
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const given = groups.length + (tail ? tail.split(':').length : 0);
  if (tail !== undefined) groups.push(...Array<string>(Math.max(0, 8 - given)).fill('0'));
  return groups
    .concat(tail ? tail.split(':') : [])
    .slice(0, 4)
    .join(':');
};
