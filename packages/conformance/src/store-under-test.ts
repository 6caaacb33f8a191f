import { fork } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OtherProcess } from './other-process.ts';

/** What a conformance test may do with one store, whichever adapter keeps it. `Options` are JSON where another process gets them. */
export interface StoreUnderTest<Store, Options extends StoreOptions = StoreOptions> {
  /** Opens the store; once more while it is open: a second instance on the same store. */
  open(options?: Options): Promise<Store>;
  /** Closes every instance that this process has opened. */
  close(): Promise<void>;
  /** Performs a deed of the port's conformance in another process, on an instance of its own. */
  elsewhere(deed: string, argument: unknown, run?: ElsewhereOptions<Options>): OtherProcess;
  /** Copies the closed store away; what is answered brings the closed store back to that copy, any number of times. */
  copyAway(): Promise<BringBack>;
}

export type BringBack = () => Promise<void>;

export interface StoreOptions {
  /** How much longer each durable write takes. */
  readonly slowDiskMs?: number;
}

export interface ElsewhereOptions<Options> {
  readonly options?: Options;
  /** Answers what the other process asks. */
  readonly answer?: (question: unknown) => unknown;
}

/** How a conformance test gets a new, empty store. */
export type NewStore<Store, Options extends StoreOptions = StoreOptions> = (
  t: TestContext,
) => StoreUnderTest<Store, Options>;

export interface Opened<Store> {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** Opens the store that lies at a place, which is a name that another process can be told. */
export type OpenAt<Store, Options extends StoreOptions> = (place: string, options: Options) => Promise<Opened<Store>>;

/** Where stores lie: folders, databases of a server. */
export interface Places {
  newPlace(): string;
  copyAway(place: string, t: TestContext): Promise<BringBack>;
  remove(place: string): Promise<void>;
}

/** New stores, each at a place of its own; `process` is the module that calls `performDeed`. */
export const storesAt =
  <Store, Options extends StoreOptions>(
    places: Places,
    openAt: OpenAt<Store, Options>,
    process: URL,
  ): NewStore<Store, Options> =>
  (t) => {
    const place = places.newPlace();
    const opened: Opened<Store>[] = [];
    const others: OtherProcess[] = [];
    const close = async () => {
      for (const { close } of opened.splice(0)) await close();
    };
    t.after(async () => {
      for (const other of others) await other.kill();
      await close();
      await places.remove(place);
    });
    return {
      open: async (options) => {
        const one = await openAt(place, options ?? ({} as Options));
        opened.push(one);
        return one.store;
      },
      close,
      elsewhere: (deed, argument, { options = {}, answer } = {}) => {
        const task = JSON.stringify({ place, options, deed, argument });
        const child = fork(fileURLToPath(process), [task], { execArgv: [] });
        const other = new OtherProcess(child, answer);
        others.push(other);
        return other;
      },
      copyAway: () => places.copyAway(place, t),
    };
  };
