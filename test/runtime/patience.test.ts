import { expect, it } from 'vitest';
import { currentPatience, limitWaiting, withoutPatience } from '#runtime/patience';
import { runInTrace } from '#runtime';
import { keptByYoungCollections } from '#test-support/young-collections';

const trace = () => ({ requestId: 'request', traceparent: '00-1-1-01' });
const ALL = Number.POSITIVE_INFINITY;

it('is that of the request which runs now, until its answer begins', () => {
  const request = trace();
  let answered = false;
  limitWaiting(request, () => answered);
  runInTrace(request, () => {
    expect(currentPatience()?.leftMs(1000)).toBe(8000);
    answered = true;
    expect(currentPatience()?.leftMs(1000)).toBe(ALL);
  });
});

it('is as long as a single statement may be, where that is longer', () => {
  const request = trace();
  limitWaiting(request, () => false);
  runInTrace(request, () => expect(currentPatience()?.leftMs(60_000)).toBe(60_000));
});

it('does not apply outside of requests, or to what has to be done in any case', () => {
  expect(currentPatience()).toBeUndefined();
  runInTrace(trace(), () => expect(currentPatience()).toBeUndefined());
  const request = trace();
  limitWaiting(request, () => false);
  runInTrace(request, () => withoutPatience(() => expect(currentPatience()).toBeUndefined()));
});

it('is freed by a young collection, with the request that it limits', { retry: 0 }, () => {
  const kept = keptByYoungCollections((request) => {
    // what a request holds knows its trace
    const limited = trace();
    const answer = { request, limited };
    limitWaiting(limited, () => !Object.hasOwn(answer.request, 'held'));
    runInTrace(limited, () => currentPatience()?.leftMs(1000));
  });
  expect(kept).toBeLessThan(4);
});
