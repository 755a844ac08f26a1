import type { DeadLetterDetail, ListedAccount, ListedJob } from '#contracts';
import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';
import JobsView from '../../../web/src/views/jobs-view.vue';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { eventually, mountPage, type MountedPage } from '../support/page.ts';

const AT = '2026-01-31T10:00:00.000Z';
const JOB: ListedJob = {
  jobId: '11111111-1111-4111-8111-111111111111',
  videoId: '22222222-2222-4222-8222-222222222222',
  ownerId: '33333333-3333-4333-8333-333333333333',
  fileName: '<b>harbour</b>.mp4',
  bytes: 1_000_000,
  state: 'dead',
  run: 1,
  attempts: 5,
  phase: null,
  percent: 0,
  worker: 'media-0',
  reason: 'Processing was interrupted 5 times and is not retried.',
  queuedAt: AT,
  startedAt: AT,
  endedAt: AT,
  updatedAt: AT,
};
const LETTER: DeadLetterDetail = {
  deadLetterId: 7,
  service: 'media',
  durable: 'media-process',
  subject: 'video.process',
  reason: 'its consumer died without a reply on each delivery',
  cause: 'crashed',
  deliveries: 5,
  jobId: JOB.jobId,
  standing: 'redrivable',
  diedAt: AT,
  redrivenAt: null,
  stream: 'JOBS',
  streamSequence: 42,
  messageId: null,
  payload: { data: { fileName: '<script>alert(1)</script>' } },
};
const DETAIL = { ...JOB, attemptList: [], cancellable: false, retryable: true };
const OWNER: ListedAccount = {
  ...{ userId: JOB.ownerId, handle: 'ada', displayName: 'Ada', role: 'user', createdAt: AT },
  quota: { limitBytes: 1, usedBytes: 0 },
};
const DEPTH = { depth: 3, oldestSeconds: 95, inFlight: 1, deadJobs: 1, deadLetters: 2 };

let origin: Origin;
let mounted: MountedPage | undefined;
/** Answers to the posts, in turn; the last one stays. */
let posts: readonly number[];
let letters: readonly DeadLetterDetail[];

beforeEach(async () => {
  posts = [202];
  letters = [LETTER];
  origin = await startOrigin(({ method, url }, response) => {
    const path = url.replace('/api/queue', '').split('?')[0] ?? '';
    if (method === 'POST') {
      const [status = 202, ...rest] = posts;
      posts = rest.length > 0 ? rest : posts;
      return status < 400 ? json(response, status, DETAIL) : json(response, status, problem(status, 'unavailable'));
    }
    const answers: Readonly<Record<string, unknown>> = {
      '/admin/depth': DEPTH,
      '/admin/jobs': { items: [JOB], nextCursor: null },
      '/admin/dead-letters': { items: letters, nextCursor: null },
      '/admin/dead-letters/7': LETTER,
      [`/jobs/${JOB.jobId}`]: DETAIL,
      '/api/user/accounts': { items: [OWNER], nextCursor: null },
    };
    return answers[path] === undefined
      ? json(response, 404, problem(404, 'not_found'))
      : json(response, 200, answers[path]);
  });
});
afterEach(async () => {
  await mounted?.leave();
  await origin.close();
});

async function open(path: string): Promise<VueWrapper> {
  mounted = await mountPage(JobsView, { path });
  return mounted.page;
}

const text = (): string => document.body.textContent ?? '';
const sent = () => origin.received.filter(({ method }) => method === 'POST');

async function press(name: string, within = 'body'): Promise<void> {
  const button = await eventually(() => {
    const buttons = [...document.querySelectorAll<HTMLElement>(`${within} button`)].reverse();
    const found = buttons.find((one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name);
    if (found === undefined) throw new Error(`there is no button “${name}”`);
    return found;
  });
  button.click();
  await flushPromises();
}

test('tells how many jobs wait, how long the oldest does, and how many are worked on', async () => {
  const page = await open('/jobs');
  const tiles = await eventually(() => page.get('dl'));
  expect(tiles.findAll('dt').map((tile) => tile.text())).toEqual(['Waiting', 'Oldest', 'In flight', 'Dead']);
  expect(tiles.findAll('dt + dd').map((tile) => tile.text())).toEqual(['3', '2 min', '1', '1']);
});

test('lists jobs with state, attempts, worker and last error, and shows markup as text', async () => {
  const page = await open('/jobs');
  const row = await eventually(() => page.get('tbody tr'));
  expect(row.text()).toContain('<b>harbour</b>.mp4');
  expect(row.text()).toContain('dead');
  expect(row.text()).toContain('media-0');
  expect(row.text()).toContain(JOB.reason);
  expect(row.find('b').exists()).toBe(false);
});

test('names the owner of a job by handle, and leads to their channel', async () => {
  const page = await open('/jobs');
  const owner = await eventually(() => page.get('tbody a[href="/@ada"]'));
  expect(owner.text()).toBe('@ada');
  expect(origin.received.find(({ url }) => url.startsWith('/api/user/accounts'))?.url).toContain(JOB.ownerId);
});

test('a row leads to the timeline of its job', async () => {
  const page = await open('/jobs');
  const link = await eventually(() => page.get('tbody a'));
  await link.trigger('click');
  await eventually(() => expect(mounted?.router.currentRoute.value.query['job']).toBe(JOB.jobId));
  await eventually(() => expect(document.querySelector('[role="dialog"]')?.textContent).toContain('given up'));
});

test('a dead letter shows reason and payload as text', async () => {
  await open('/jobs?tab=dead-letters&letter=7');
  const payload = await eventually(() => {
    const found = document.querySelector('[role="dialog"] pre');
    if (found === null) throw new Error('no payload yet');
    return found;
  });
  expect(payload.textContent).toContain('<script>alert(1)</script>');
  expect(payload.children).toHaveLength(0);
  expect(text()).toContain(LETTER.reason);
});

test('redrives only after it was confirmed, and once', async () => {
  await open('/jobs?tab=dead-letters');
  await press('Redrive dead letter 7');
  expect(sent()).toEqual([]);
  await press('Redrive', '[role="dialog"]');
  await eventually(() => expect(text()).not.toContain('Redrive this dead letter?'));
  expect(sent().map(({ url }) => url)).toEqual(['/api/queue/admin/dead-letters/7/redrive']);
});

test('offers no redrive of what was redriven, went on without it, or can never succeed, and says so', async () => {
  letters = [
    { ...LETTER, deadLetterId: 9, standing: 'hopeless' },
    { ...LETTER, deadLetterId: 8, standing: 'superseded' },
    { ...LETTER, standing: 'redriven', redrivenAt: AT },
  ];
  const page = await open('/jobs?tab=dead-letters&letter=7');
  const rows = await eventually(() => {
    const found = page.findAll('tbody tr');
    expect(found).toHaveLength(3);
    return found;
  });
  expect(rows.map((row) => row.find('td:last-child').text().split(' ')[0])).toEqual([
    'hopeless',
    'superseded',
    'redriven',
  ]);
  expect(page.find('[aria-label^="Redrive dead letter"]').exists()).toBe(false);
});

test('nothing is redriven when the question is answered with no', async () => {
  await open('/jobs?tab=dead-letters');
  await press('Redrive dead letter 7');
  await press('Cancel', '[role="dialog"]');
  await eventually(() => expect(text()).not.toContain('Redrive this dead letter?'));
  expect(sent()).toEqual([]);
});

test('a refused redrive says why; tried again it carries the same key, so that the job runs once', async () => {
  posts = [503, 202];
  await open('/jobs?tab=dead-letters');
  await press('Redrive dead letter 7');
  await press('Redrive', '[role="dialog"]');
  await eventually(() => expect(text()).toContain('Title of unavailable.'));
  await press('Redrive', '[role="dialog"]');
  await eventually(() => expect(sent()).toHaveLength(2));
  const keys = sent().map(({ headers }) => headers['idempotency-key']);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('running a job again is asked for once too', async () => {
  await open(`/jobs?job=${JOB.jobId}`);
  await press('Run it again', '[role="dialog"]');
  expect(sent()).toEqual([]);
  await eventually(() => expect(text()).toContain('Run this job again?'));
  await press('Run it again', '[role="dialog"]');
  await eventually(() => expect(sent().map(({ url }) => url)).toEqual([`/api/queue/jobs/${JOB.jobId}/retry`]));
});

test('says in words why it shows nothing, with the id of the request', async () => {
  origin.answer = (_, response) => json(response, 403, problem(403, 'forbidden', { detail: 'for administrators' }));
  await open('/jobs');
  await eventually(() => expect(document.querySelectorAll('[role="alert"]')).toHaveLength(2));
  expect(text()).toContain('For administrators.');
  expect(text()).toContain('Request req-1');
});
