import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  type Link,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { attributes, type Said, type Span, spans, type TracedBatch, type Tracing, unsampled } from './tracing.ts';

export interface TracingOptions {
  /** Of a collector: `http://collector:4318`. */
  readonly endpoint: string;
  /** Of the traces that begin here. */
  readonly ratio: number;
  readonly service: string;
  readonly resource: Said;
}

/** Under load not more begin; what has begun elsewhere is always followed. */
const MOST_BEGUN_A_SECOND = 10;
const MOST_TRACES_A_BATCH = 16;
const MOST_LINKS = 32;
const FLUSH_MS = 1000;
const CLOSE_WITHIN_MS = 3000;

/** Spans to a collector, by OTLP over HTTP; only loaded where one is set. */
export function openTelemetry({ endpoint, ratio, service, resource }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, ...attributesOf(resource) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: FLUSH_MS })],
  });
  const tracer = provider.getTracer('quantrac');
  const mayBegin = sampling(ratio);
  return {
    begin: (name, said) => (mayBegin() ? begun(tracer, name, said) : unsampled),
    batch: (group, causes) => tracedBatch(tracer, group, causes),
    async close() {
      // a collector that is away keeps nobody from ending
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

function sampling(ratio: number): () => boolean {
  let [second, begun] = [0, 0];
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) [second, begun] = [now, 0];
    return begun < MOST_BEGUN_A_SECOND && Math.random() < ratio && ++begun > 0;
  };
}

function begun(tracer: Tracer, name: string, said: Said): Span {
  const span = tracer.startSpan(name, { attributes: attributesOf(said) }, ROOT_CONTEXT);
  return {
    traceparent: traceparentOf(span.spanContext()),
    end(more = {}) {
      if ('error' in more) fail(span, more.error);
      else span.setAttributes(attributesOf(more));
      span.end();
    },
  };
}

function tracedBatch(tracer: Tracer, group: string, traceparents: readonly string[]): TracedBatch {
  const causes = [...new Set(traceparents)].flatMap((text) => contextOf(text) ?? []);
  const first = new Map<string, SpanContext>();
  for (const cause of causes)
    if (!first.has(cause.traceId) && first.size < MOST_TRACES_A_BATCH) first.set(cause.traceId, cause);
  const open = new Map<string, OtelSpan>();
  for (const [traceId, parent] of first) {
    const links = causes.filter((cause) => cause !== parent).slice(0, MOST_LINKS);
    open.set(traceId, spanUnder(tracer, group, parent, links));
  }
  return {
    traceparentOf(caused) {
      const span = open.get(caused.slice(TRACE_ID_AT, TRACE_ID_AT + 32));
      return span ? traceparentOf(span.spanContext()) : caused;
    },
    end(outcome) {
      for (const span of open.values()) {
        if (outcome) span.setAttributes(attributesOf({ ...outcome }));
        else fail(span, 'the batch comes again');
        span.end();
      }
    },
  };
}

function spanUnder(tracer: Tracer, group: string, parent: SpanContext, merged: readonly SpanContext[]): OtelSpan {
  const under: Context = trace.setSpanContext(ROOT_CONTEXT, parent);
  const links: Link[] = merged.map((context) => ({ context }));
  return tracer.startSpan(spans.batchOf(group), { links, attributes: attributesOf({ group }) }, under);
}

function fail(span: OtelSpan, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: String((error as Error)?.message ?? error) });
}

const attributesOf = (said: Said): Record<string, string | number> =>
  Object.fromEntries(Object.entries(said).map(([name, value]) => [attributes[name as keyof Said], value]));

const TRACE_ID_AT = '00-'.length;

/** W3C trace context, version 00. */
const traceparentOf = ({ traceId, spanId }: SpanContext): string => `00-${traceId}-${spanId}-01`;

/** Undefined: it is none, or the trace is not sampled. */
function contextOf(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  if (!traceId || !spanId || (Number.parseInt(flags!, 16) & TraceFlags.SAMPLED) === 0) return undefined;
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
