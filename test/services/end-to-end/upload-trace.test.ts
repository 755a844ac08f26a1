/** An upload through the whole platform is one trace, in a collector of the test's own. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import { startOtlpSink, type OtlpSink, type SinkSpan } from '#test-support/otlp-sink';
import { makeFilmClip } from '../../../demo/film-clip.ts';
import { createDraft, uploadFile } from '../../../demo/film-upload.ts';
import type { Member } from '../../../demo/member.ts';
import { newMember, startWholePlatform } from './whole-platform.ts';

/** Uploads; `TRACE_RUNS=100` for the figure in the documentation. */
const RUNS = Number(process.env.TRACE_RUNS ?? 2);
const PROCESSING_MS = 90_000;
const LAST_STEP = 'process events.video.published';
const SERVICES = ['media', 'notif', 'queue', 'stats', 'video'];

let sink: OtlpSink;
let platform: LocalPlatform;
let ada: Member;
let file: Buffer;

beforeAll(async () => {
  sink = await startOtlpSink();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', sink.url);
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '100');
  file = await makeFilmClip({ picture: 'testsrc2', seconds: 1, size: '320x180', bitRate: '500k' });
  platform = await startWholePlatform();
  ada = await newMember(platform, 'Ada');
});

afterAll(async () => {
  await platform.stop();
  vi.unstubAllEnvs();
  await sink.stop();
});

it(
  'has at least five services in one trace, and no span without its parent',
  async () => {
    const traceIds = new Set<string>();
    for (let run = 1; run <= RUNS; run += 1) {
      const draft = {
        title: `Traced ${run}`,
        fileName: 'traced.mp4',
        tags: [] as string[],
        visibility: 'public' as const,
      };
      const created = await createDraft(ada, draft, file);
      await uploadFile(ada, created, file);
      await eventually(() => {
        // the last steps of the upload before may be told of late
        const isOfThisOne = ({ name, traceId }: SinkSpan): boolean => name === LAST_STEP && !traceIds.has(traceId);
        const published = sink.spans.find(isOfThisOne);
        const services = new Set(traceOf(published?.traceId).map(({ service }) => service));
        expect([...services]).toEqual(expect.arrayContaining(SERVICES));
        traceIds.add(published?.traceId ?? '');
      }, PROCESSING_MS);
    }
    expect(traceIds.size).toBe(RUNS);
    // what the services have not sent yet, they send at their end
    await platform.stop();
    const traces = [...traceIds].map(traceOf);
    for (const trace of traces) expect(withoutParent(trace)).toEqual([{ service: 'media', parentSpanId: '' }]);
    if (RUNS > 2) process.stderr.write(`${RUNS} traces, spans of each: ${sizesOf(traces)}\n`);
  },
  RUNS * PROCESSING_MS,
);

function traceOf(traceId: string | undefined): readonly SinkSpan[] {
  return sink.spans.filter((span) => span.traceId === traceId);
}

/** Spans whose parent is not there; the request that finishes the upload is the root. */
function withoutParent(trace: readonly SinkSpan[]): readonly Pick<SinkSpan, 'service' | 'parentSpanId'>[] {
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const orphans = trace.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  return orphans.map(({ service, parentSpanId }) => ({ service, parentSpanId }));
}

function sizesOf(traces: readonly (readonly SinkSpan[])[]): string {
  const sizes = traces.map(({ length }) => length);
  return `${Math.min(...sizes)} to ${Math.max(...sizes)}`;
}
