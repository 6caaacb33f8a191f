import type { IncomingMessage, ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Attributes, Counter, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { type CounterName, type GaugeName, type Measure, type Measures, metrics } from './metrics.ts';

/** Seconds; a batch of an embedded node takes milliseconds, one on a slow server tens of seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What Prometheus reads; only loaded where a listener is. */
export class Exposition {
  readonly #exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  readonly #provider = new MeterProvider({ readers: [this.#exporter] });
  readonly #delay = monitorEventLoopDelay();
  readonly #counters: Readonly<Record<CounterName, Counter>>;
  readonly #batch: Histogram;

  constructor(measures: Measures) {
    const meter = this.#provider.getMeter('quantrac');
    this.#counters = namedOf('counter', (name) => meter.createCounter(metrics[name].name, described(name)));
    const advice = { explicitBucketBoundaries: BOUNDARIES };
    this.#batch = meter.createHistogram(metrics.batch.name, { ...described('batch'), advice });
    observe(meter, async () => [...this.#ofProcess(), ...(await measures())]);
    this.#delay.enable();
  }

  count(name: CounterName, value: number, labels: Attributes): void {
    if (value > 0) this.#counters[name].add(value, labels);
  }

  took(seconds: number, labels: Attributes): void {
    this.#batch.record(seconds, labels);
  }

  answer(response: ServerResponse): void {
    this.#exporter.getMetricsRequestHandler(unread, response);
  }

  async close(): Promise<void> {
    this.#delay.disable();
    await this.#provider.shutdown();
  }

  #ofProcess(): readonly Measure[] {
    const { rss, heapUsed } = process.memoryUsage();
    const delays = [0.5, 0.99, 1].map((quantile): Measure => {
      const value = this.#delay.percentile(quantile * 100) / 1e9;
      return { metric: 'eventLoopDelay', labels: { quantile: String(quantile) }, value };
    });
    this.#delay.reset();
    return [{ metric: 'memory', labels: {}, value: rss }, { metric: 'heap', labels: {}, value: heapUsed }, ...delays];
  }
}

/** The exporter asks nothing of the request. */
const unread = undefined as unknown as IncomingMessage;

const described = (name: keyof typeof metrics) => ({ description: metrics[name].meaning });

function namedOf<Name extends keyof typeof metrics, Made>(
  kind: (typeof metrics)[Name]['kind'],
  make: (name: Name) => Made,
): Record<Name, Made> {
  const names = (Object.keys(metrics) as Name[]).filter((name) => metrics[name].kind === kind);
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Made>;
}

function observe(meter: Meter, measures: Measures): void {
  const gauges = namedOf<GaugeName, ObservableGauge>('gauge', (name) =>
    meter.createObservableGauge(metrics[name].name, described(name)),
  );
  meter.addBatchObservableCallback(async (result) => {
    for (const { metric, labels, value } of await measures()) result.observe(gauges[metric], value, labels);
  }, Object.values(gauges));
}
