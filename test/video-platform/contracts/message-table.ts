import { z } from 'zod';
import { MESSAGES, STREAMS, type MessageName } from '#contracts';
import { SERVICES } from '#catalog';
import { durableName, filterCovers, filterOf, type Message } from '#declare';

/** The page docs/messages.md as the contracts and the catalog say it. */
export function messagePage(): string {
  return [
    '# Messages',
    '',
    'Every message of the platform with its publisher and consumers. `test/video-platform/contracts/message-page.test.ts` generates',
    'this page from the contracts and the catalog; run it with `npx vitest run … -u` to update the page.',
    '',
    'Messages travel in an [envelope](messaging.md#envelopes). The column `data` lists the fields of the payload; the schemas are in',
    '`src/video-platform/contracts`. Dead letters and messages of the NATS server have no envelope. `core` means that no stream stores',
    'the message.',
    '',
    '| subject | name in code | publisher | consumers | stream | data |',
    '| --- | --- | --- | --- | --- | --- |',
    ...messageNames().map(rowOf),
    '',
    '## Streams',
    '',
    '| stream | subjects | retention | storage | max age |',
    '| --- | --- | --- | --- | --- |',
    ...STREAMS.map(
      (s) =>
        `| ${s.name} | ${s.subjects.map(code).join('<br>')} | ${s.retention} | ${s.storage} | ${ageOf(s.maxAgeSeconds)} |`,
    ),
    '',
    '## Consumers',
    '',
    '| durable | subject | ack wait | deliveries | delays between deliveries |',
    '| --- | --- | --- | --- | --- |',
    ...SERVICES.flatMap((service) =>
      service.consumes.map(
        (c) =>
          `| ${durableName(service.name, c)} | ${code(filterOf(c.message.subject))} | ${String(c.policy.ackWaitSeconds)} s | ${String(c.policy.maxDeliver)} | ${c.policy.nakDelaysSeconds.join(', ')} s |`,
      ),
    ),
    '',
  ].join('\n');
}

/** Names by publisher, in the order of the services; then those of several publishers and of the NATS server. */
function messageNames(): MessageName[] {
  const published: readonly Message[] = SERVICES.flatMap((service) => service.publishes);
  const names = Object.keys(MESSAGES) as MessageName[];
  const placeOf = (name: MessageName): number => (published.indexOf(MESSAGES[name]) + names.length) % names.length;
  return names.sort((a, b) => placeOf(a) - placeOf(b));
}

function rowOf(name: MessageName): string {
  const message: Message = MESSAGES[name];
  const stream = STREAMS.find((s) => s.subjects.some((subject) => filterCovers(subject, filterOf(message.subject))));
  const consumers = SERVICES.filter(
    (s) => s.consumes.some((c) => c.message === message) || s.subscribes.some((m) => m === message),
  );
  return `| ${[
    code(message.subject),
    code(name),
    publisherOf(message),
    consumers.map((s) => s.name).join(', ') || '–',
    stream?.name ?? 'core',
    fieldsOf(message).join(', '),
  ].join(' | ')} |`;
}

function publisherOf(message: Message): string {
  const owners = SERVICES.filter((s) => s.publishes.some((m) => m === message)).map((s) => s.name);
  if (owners.length > 0) return owners.join(', ');
  return message.subject.startsWith('$JS.') ? 'NATS server' : 'every consumer';
}

function fieldsOf(message: Message): string[] {
  const schema = z.toJSONSchema(message.payload as z.ZodType);
  return Object.keys(schema.properties ?? {});
}

function ageOf(ageSeconds: number): string {
  return ageSeconds === 0 ? 'until acknowledged' : `${String(ageSeconds / 86_400)} days`;
}

function code(text: string): string {
  return `\`${text}\``;
}
