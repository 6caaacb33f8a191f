import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Peers } from '@quantrac/service';
import type { Delivery, Simulation } from '@quantrac/simulator';
import { differencesBetween, eventually, resultsOf } from '@quantrac/testing';
import { type CountedProvince, type CountOptions, countProvince, countResults } from './count-province.ts';
import {
  HOUR_MS,
  type LiveOptions,
  type Loggers,
  live,
  MINUTE_MS,
  moveClock,
  registerLoggers,
  sendUntilAcknowledged,
  withBackfill,
} from './loggers.ts';
import { endings, startWhole } from './provinces.ts';

export const START = Date.UTC(2026, 0, 14, 17);
/** Whatever has to come back, to share out its work anew, and to catch up. */
const patience = { withinMs: 120_000, everyMs: 1000 };
/** The first station tells nothing for more than an hour, and all of it later: an outage that shrinks. */
const silent = { from: START + 0.5 * HOUR_MS, to: START + 1.7 * HOUR_MS, sends: START + 2.2 * HOUR_MS };

export interface Around {
  readonly seed: number;
  readonly brokers: string;
  readonly mongoUrl: string;
  readonly national: Peers['peer'];
}

/** A province under uploads of which it is known what was acknowledged. */
export class UnderUploads {
  readonly acknowledged: Delivery[] = [];
  readonly loggers: Loggers;
  readonly #simulation: Simulation;
  readonly #around: Around;
  readonly #deliveries: readonly Delivery[];
  #now = START;

  constructor(loggers: Loggers, simulation: Simulation, around: Around) {
    this.loggers = loggers;
    this.#simulation = simulation;
    this.#around = around;
    this.#deliveries = [...withBackfill(simulation, silent)];
  }

  /** Simulated minutes, in which loggers send until they are acknowledged; `onStep` is told every five before their files leave. */
  async pass(minutes: number, onStep?: LiveOptions['onStep']): Promise<void> {
    const [start, end] = [this.#now, this.#now + minutes * MINUTE_MS];
    const deliveries = this.#deliveries.filter(({ at }) => at > start && at <= end);
    this.#now = end;
    this.acknowledged.push(...(await live(this.loggers, { deliveries, start, end, ...(onStep && { onStep }) })));
  }

  /** What a logger is answered that sends a file now. */
  async tryOne(): Promise<{ readonly status: number; readonly said: string }> {
    const { path, stationCode, bytes } = this.#deliveries.find(({ way }) => way === 'http')!;
    const { user, password } = this.loggers.accountOf(stationCode);
    const url = `http://127.0.0.1:${this.loggers.province.httpPort}/v1/files?${new URLSearchParams({ path })}`;
    const headers = { authorization: `Bearer ${user}:${password}`, 'content-type': 'text/plain' };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
    return { status: response.status, said: await response.text() };
  }

  /** What was acknowledged from this one on is sent again, until it is acknowledged again. */
  async sendAgain(from: number): Promise<void> {
    await eventually(() => moveClock(this.loggers.province, this.#now), patience);
    await sendUntilAcknowledged(this.loggers, this.acknowledged.slice(from));
  }

  /** Nothing that was acknowledged is lost, and nothing is doubled or set aside, once the backlog has drained. */
  assertSound = (t: TestContext): Promise<void> => this.#assertNothingIn(t, countProvince);

  /** Each acknowledged reading stands once, with its last value, wherever results are held, whatever topics told; `setAside`: the group of each record that one could not take. */
  assertComplete = (t: TestContext, setAside: readonly string[] = []): Promise<void> =>
    this.#assertNothingIn(t, countResults, setAside);

  /** The results are those of one calm process on the embedded default. */
  async assertAsCalm(t: TestContext): Promise<void> {
    t.diagnostic(`QUANTRAC_SEED=${this.#around.seed}`);
    const { ending, end } = endings();
    try {
      const { province: calm } = await startWhole(ending);
      const deliveries = this.#deliveries.filter(({ at }) => at <= this.#now);
      await live(await registerLoggers(calm, this.#simulation), { start: START, end: this.#now, deliveries });
      await eventually(async () => {
        const [here, there] = [await resultsOf(this.loggers.province.peer), await resultsOf(calm.peer)];
        assert.deepEqual(differencesBetween(here, there, { incidents: true }), []);
      }, patience);
    } finally {
      await end();
    }
  }

  async #assertNothingIn(
    t: TestContext,
    count: (options: CountOptions) => Promise<CountedProvince>,
    setAside: readonly string[] = [],
  ): Promise<void> {
    t.diagnostic(`QUANTRAC_SEED=${this.#around.seed}`);
    const { loggers, acknowledged } = this;
    const { stations } = this.#simulation.describe();
    const registered = { stations, ids: loggers.stations };
    const options = { ...this.#around, province: loggers.province, files: acknowledged, registered };
    const { lost, doubled, readings } = await eventually(async () => {
      const counted = await count(options);
      const { lost, doubled } = counted;
      assert.deepEqual([lost.slice(0, 5), doubled.slice(0, 5), counted.setAside], [[], [], setAside]);
      return counted;
    }, patience);
    t.diagnostic(`${readings} readings acknowledged, ${lost.length} lost, ${doubled.length} doubled`);
  }
}
