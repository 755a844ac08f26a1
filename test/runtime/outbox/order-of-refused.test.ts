/** The order of an aggregate when a message is refused while a page that does not know it is being read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectionConfig } from '#runtime/database/connection-config';
import { outboxPublisherOn } from '#runtime/events/outbox-publisher';
import type { OutboxPublisher } from '#runtime/outbox/dispatch';
import { RelayConnection } from '#runtime/outbox/relay-connection';
import { eventually } from '#test-support/eventually';
import { numbersByAggregate, startOutboxRig, type OutboxRig } from '#test-support/outbox-rig';

/** Messages of one page. */
const PAGE = 500;

let rig: OutboxRig;

beforeAll(async () => {
  rig = await startOutboxRig();
  await rig.reset();
});

afterAll(async () => {
  await rig.stop();
});

/** A connection that calls a function with the first message of each page, before the relay gets the page. */
class WatchedConnection extends RelayConnection {
  onPage: (firstMessageId: string) => Promise<void> = async () => Promise.resolve();

  override async query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const rows = await super.query<Row & { readonly messageId?: string | null }>(text, values);
    const [first] = rows;
    if (text.includes('outbox_position_seq drawn') && first?.messageId) await this.onPage(first.messageId);
    return rows;
  }
}

/** Something to wait for, and what ends the wait. */
function signal(): { readonly raised: Promise<void>; raise(): void } {
  let raise = (): void => undefined;
  const raised = new Promise<void>((resolve) => (raise = resolve));
  return { raised, raise };
}

it('holds when the first message is refused while a page with the second is being read', async () => {
  await rig.write('missing', 'ordered', 1);
  await rig.writeMany('also', PAGE - 1, 1);
  await rig.write('also', 'ordered', 2);
  const [mayFail, hasFailed] = [signal(), signal()];
  const real = outboxPublisherOn(rig.admin);
  const publisher: OutboxPublisher = {
    connected: true,
    async publish(message) {
      if (!message.subject.startsWith('missing')) return await real.publish(message);
      await mayFail.raised;
      // told when the relay has heard of it
      return await real.publish(message).finally(() => setImmediate(hasFailed.raise));
    },
  };
  const connection = new WatchedConnection(connectionConfig({ url: rig.url, schema: 'thing' }));
  let seen = false;
  connection.onPage = async (firstMessageId) => {
    if (firstMessageId !== 'thing:also-ordered-2') return;
    seen = true;
    mayFail.raise();
    await hasFailed.raised;
  };
  await rig.startRelay({ connection, publisher });
  await eventually(async () => expect(await rig.count('outbox_put_off')).toBe(1));
  await rig.manager.streams.update('GOOD', { subjects: ['good.>', 'also.>', 'missing.>'] });
  await eventually(async () => expect(await rig.count('outbox')).toBe(0), 20_000);
  expect(seen).toBe(true);
  expect(numbersByAggregate(await rig.stored()).ordered).toEqual([1, 2]);
});
