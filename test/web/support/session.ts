import type { CurrentSession } from '#contracts';

/** A session of Ada, who is no administrator. */
export const SESSION: CurrentSession = {
  sessionId: '22222222-2222-4222-8222-222222222222',
  account: {
    userId: '33333333-3333-4333-8333-333333333333',
    handle: 'ada',
    displayName: 'Ada',
    email: 'ada@example.org',
    role: 'user',
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  createdAt: '2026-01-01T00:00:00.000Z',
  idleExpiresAt: '2026-02-01T00:00:00.000Z',
  expiresAt: '2026-03-01T00:00:00.000Z',
};
