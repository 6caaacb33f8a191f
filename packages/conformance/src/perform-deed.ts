import type { Message } from './other-process.ts';
import type { OpenAt, StoreOptions } from './store-under-test.ts';

/** How the other side of a deed talks with the test. */
export interface Talk {
  readonly say: (message: unknown) => void;
  readonly ask: (question: unknown) => Promise<unknown>;
}

export type Deeds<Store> = Readonly<Record<string, (store: Store, argument: never, talk: Talk) => Promise<void>>>;

/** The other side of `elsewhere`: opens the store and does what the test asked for. */
export async function performDeed<Store, Options extends StoreOptions>(
  deeds: Deeds<Store>,
  openAt: OpenAt<Store, Options>,
): Promise<void> {
  process.once('disconnect', () => process.exit());
  const { place, options, deed, argument } = JSON.parse(process.argv[2]!);
  const { store, close } = await openAt(place, options);
  const asked = new Map<number, (answer: unknown) => void>();
  process.on('message', ({ id, content }: Message) => asked.get(id!)?.(content));
  let sent: Promise<unknown> = Promise.resolve();
  const send = (message: Message) => {
    sent = new Promise((resolve) => process.send!(message, resolve));
  };
  await deeds[deed]!(store, argument as never, {
    say: (content) => send({ content }),
    ask: (content) =>
      new Promise((resolve) => {
        asked.set(asked.size, resolve);
        send({ id: asked.size - 1, content });
      }),
  });
  await close();
  await sent;
  process.disconnect();
}
