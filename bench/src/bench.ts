import type { Pair, PairOptions } from './pair.ts';
import type { Figure } from './report.ts';

export interface BenchOptions {
  /** Less of everything: the figures say less. */
  readonly quick: boolean;
  /** A province with 1,000 stations (200 in a quick run) and its national tier, new ones each time. */
  readonly start: (options?: PairOptions) => Promise<Pair>;
  readonly tell: (figure: Figure) => void;
  /** Kafka and MongoDB as the environment names them; throws where it does not. */
  readonly servers: () => { readonly kafkaBrokers: string; readonly mongoUrl: string };
}

export type Bench = (options: BenchOptions) => Promise<void>;
