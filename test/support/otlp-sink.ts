/** An OTLP collector that keeps the spans it receives, as JSON over HTTP. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** A span, as far as tests look at it. */
export interface SinkSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty at the root of a trace. */
  readonly parentSpanId: string;
}

/** A collector that runs. */
export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly SinkSpan[];
  stop(): Promise<void>;
}

interface ExportedSpans {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Omit<SinkSpan, 'service'>[] }[];
  }[];
}

/** Starts a collector on a free port. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SinkSpan[] = [];
  const server = createServer((request, response) => {
    json(request).then(
      (body) => {
        spans.push(...spansIn(body as ExportedSpans));
        response.setHeader('content-type', 'application/json').end('{}');
      },
      // a service that was ended in the middle of it
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansIn({ resourceSpans = [] }: ExportedSpans): SinkSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const name = resource?.attributes?.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ name: span, traceId, spanId, parentSpanId = '' }) => ({
        ...{ service: name, name: span, traceId, spanId, parentSpanId },
      })),
    );
  });
}
