/**
 * Exports spans by OTLP over HTTP, where the environment says where to: `OTEL_EXPORTER_OTLP_ENDPOINT`. All variables of the
 * exporter, the batches, the sampler and the resource are OpenTelemetry's own. Without an endpoint nothing is loaded.
 */
/** Registers an SDK for this process, if its environment names a collector. Called before the service starts. */
export async function exportSpans(service: string, env = process.env): Promise<void> {
  if (!isWanted(env)) return;
  const [{ BatchSpanProcessor, NodeTracerProvider, NoopSpanProcessor }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const named = resources.resourceFromAttributes({ 'service.name': service });
  const given = resources.detectResources({ detectors: [resources.envDetector] });
  const exporter = new OTLPTraceExporter();
  // of a batch that is being sent, only the exporter knows when it is there
  const onItsWay = Object.assign(new NoopSpanProcessor(), { forceFlush: async () => await exporter.forceFlush() });
  new NodeTracerProvider({
    resource: resources.defaultResource().merge(named).merge(given),
    spanProcessors: [new BatchSpanProcessor(exporter), onItsWay],
  }).register();
}

function isWanted(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || '';
  return endpoint !== '' && env.OTEL_TRACES_EXPORTER !== 'none' && env.OTEL_SDK_DISABLED !== 'true';
}
