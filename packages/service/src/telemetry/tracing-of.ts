import type { CommonSettings } from '../settings.ts';
import type { Tracing } from './tracing.ts';

/** Undefined unless a collector is set: then nothing of it is loaded. */
export async function tracingOf(settings: CommonSettings, service: string, node: string): Promise<Tracing | undefined> {
  const { otelExporterOtlpEndpoint: endpoint, traceRatio: ratio = 1, instance } = settings;
  if (endpoint === undefined) return undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry({ endpoint, ratio, service, resource: { node, ...(instance && { instance }) } });
}
