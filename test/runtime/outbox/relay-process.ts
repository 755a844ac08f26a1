/** A relay as a process of its own, for tests that kill it. */
import { connectionConfig } from '#runtime/database/connection-config';
import { openNats } from '#runtime/events/connection';
import { outboxPublisherOn } from '#runtime/events/outbox-publisher';
import { RelayConnection } from '#runtime/outbox/relay-connection';
import { startRelay } from '#runtime/outbox/relay';
import { createLogger } from '#runtime';

const { DATABASE_URL = '', NATS_URL = '' } = process.env;
const log = createLogger({ service: 'relay', version: '0', level: 'warn' });
const link = await openNats({
  ...{ url: NATS_URL, user: 'thing', password: 'thing', name: 'relay', inboxPrefix: '_INBOX_thing' },
  ...{ deadlineMs: 10_000, log, onFatal: () => process.exit(1) },
});
startRelay({
  connection: new RelayConnection(connectionConfig({ url: DATABASE_URL, schema: 'thing' })),
  publisher: outboxPublisherOn(link),
  laneOf: (subject) => subject.split('.')[0] ?? '',
  pollMs: 20,
  log,
  leaseMs: 1000,
});
