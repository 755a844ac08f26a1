import { expect, it } from 'vitest';
import { createLogger } from '#runtime';
import { openNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { startNats } from '#test-support/nats';

it('knows the largest message that the server takes while it reconnects', async () => {
  const server = await startNats('max_payload: 2048\n');
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  const link = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
  expect(link.maxPayloadBytes).toBe(2048);
  await server.stop();
  // the client has begun to connect again
  await eventually(() => expect(link.connection.info).toBeUndefined());
  expect(link.maxPayloadBytes).toBe(2048);
  await link.close();
});
