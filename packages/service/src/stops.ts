import type { Running } from './definition.ts';

type Stop = () => void | Promise<void>;

/** What is to be undone, noted as it is done, so that a start that fails half-way leaves nothing. */
export class Stops {
  readonly #steps: { readonly what: string; readonly stop: Stop }[] = [];
  #running: Promise<void> | undefined;

  /** `what` says in the log what was not ended. */
  push(what: string, stop: Stop): void {
    this.#steps.push({ what, stop });
  }

  /** In the reverse order; asked again it is the same end. */
  run(): Promise<void> {
    this.#running ??= this.#inReverse();
    return this.#running;
  }

  /** What has not ended yet, the one in hand first. */
  left = (): readonly string[] => this.#steps.map(({ what }) => what).reverse();

  /** One that fails keeps no other from being stopped. */
  async #inReverse(): Promise<void> {
    const failed: unknown[] = [];
    for (let step = this.#steps.at(-1); step; step = this.#steps.at(-1)) {
      try {
        await step.stop();
      } catch (error) {
        failed.push(error);
      }
      this.#steps.splice(this.#steps.indexOf(step), 1);
    }
    if (failed.length > 0) throw failed[0];
  }
}

/** Begins works one after the other and ends them in the reverse order; when one cannot begin, those that have are ended. */
export async function startTogether(works: readonly (() => Promise<Running>)[]): Promise<Running> {
  const stops = new Stops();
  try {
    for (const [index, start] of works.entries()) {
      const running = await start();
      stops.push(`work ${index}`, () => running.stop());
    }
  } catch (error) {
    await stops.run().catch(() => {});
    throw error;
  }
  return { stop: () => stops.run() };
}
