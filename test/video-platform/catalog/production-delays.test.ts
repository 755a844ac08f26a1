import { expect, test } from 'vitest';
import { ADVISORY, DLQ, EVENTS, JOBS } from '#contracts';
import { auth, media, notif, queue, SERVICES, stats, video } from '#catalog';
import { durableName, type EnvVariable } from '#declare';

const EVENT_DELAYS = { ackWaitSeconds: 30, maxDeliver: 8, nakDelaysSeconds: [1, 5, 15, 60, 300, 600, 900] };

function figures(env: readonly EnvVariable[], names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const source = env.find((variable) => variable.name === name)?.source;
      return [name, source?.kind === 'value' ? source.value : undefined];
    }),
  );
}

test('a job is redelivered after a minute of silence, five times, after 10 s, 1, 5 and 15 minutes', () => {
  const consumer = media.consumes.find((c) => c.message.subject === 'video.process');
  expect(consumer?.policy).toMatchObject({ ackWaitSeconds: 60, maxDeliver: 5, nakDelaysSeconds: [10, 60, 300, 900] });
  expect(figures(media.env, ['JOB_WORKING_S'])).toEqual({ JOB_WORKING_S: '15' });
  expect(figures(queue.env, ['JOB_ACK_WAIT_S', 'JOB_MAX_DELIVER', 'SWEEP_S'])).toEqual({
    JOB_ACK_WAIT_S: '60',
    JOB_MAX_DELIVER: '5',
    SWEEP_S: '30',
  });
});

test('every other consumer acknowledges within 30 s and gives up after eight deliveries', () => {
  for (const service of SERVICES) {
    for (const consumer of service.consumes.filter((c) => c.message.subject !== 'video.process')) {
      expect(consumer.policy, durableName(service.name, consumer)).toMatchObject(EVENT_DELAYS);
    }
  }
});

test('streams keep jobs until done, events a week, dead letters a month', () => {
  expect(JOBS).toMatchObject({ retention: 'workqueue', storage: 'file', maxAgeSeconds: 0 });
  expect(EVENTS).toMatchObject({ retention: 'limits', storage: 'file', maxAgeSeconds: 604_800 });
  expect(DLQ).toMatchObject({ retention: 'limits', storage: 'file', maxAgeSeconds: 2_592_000 });
  expect(ADVISORY).toMatchObject({ retention: 'limits', storage: 'file', maxAgeSeconds: 604_800 });
});

test('sessions, limits, tickets, views and streams have their production figures', () => {
  expect(figures(auth.env, ['SESSION_IDLE_S', 'SESSION_ABSOLUTE_S', 'ARGON2_MEMORY_KIB', 'ARGON2_TIME'])).toEqual({
    SESSION_IDLE_S: '604800',
    SESSION_ABSOLUTE_S: '2592000',
    ARGON2_MEMORY_KIB: '19456',
    ARGON2_TIME: '2',
  });
  expect(figures(auth.env, ['LOGIN_LIMIT', 'LOGIN_WINDOW_S', 'SIGNUP_LIMIT', 'SIGNUP_WINDOW_S'])).toEqual({
    LOGIN_LIMIT: '15',
    LOGIN_WINDOW_S: '300',
    SIGNUP_LIMIT: '2',
    SIGNUP_WINDOW_S: '300',
  });
  expect(figures(video.env, ['UPLOAD_TICKET_TTL_S'])).toEqual({ UPLOAD_TICKET_TTL_S: '86400' });
  expect(figures(media.env, ['TRANSCODE_TIMEOUT_S', 'TRANSCODE_THREADS', 'UPLOAD_EXPIRY_S'])).toEqual({
    TRANSCODE_TIMEOUT_S: '7200',
    TRANSCODE_THREADS: '1',
    UPLOAD_EXPIRY_S: '86400',
  });
  expect(figures(stats.env, ['VIEW_MIN_S', 'VIEW_WINDOW_S', 'FLUSH_S'])).toEqual({
    VIEW_MIN_S: '10',
    VIEW_WINDOW_S: '3600',
    FLUSH_S: '15',
  });
  expect(figures(notif.env, ['SSE_PING_S', 'SSE_MAX_PER_USER'])).toEqual({ SSE_PING_S: '15', SSE_MAX_PER_USER: '6' });
});

test('every service waits a minute for its stores at start and 25 s for its work at the end', () => {
  for (const service of SERVICES) {
    expect(figures(service.env, ['START_DEADLINE_S', 'SHUTDOWN_GRACE_MS', 'OUTBOX_POLL_MS'])).toEqual({
      START_DEADLINE_S: '60',
      SHUTDOWN_GRACE_MS: '25000',
      OUTBOX_POLL_MS: '20',
    });
  }
});
