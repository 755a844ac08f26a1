import { describe, expect, test } from 'vitest';
import { MESSAGES, STREAMS, type MessageName } from '#contracts';
import { filterCovers, filterOf, type Message } from '#declare';
import { MESSAGE_EXAMPLES } from './message-examples.ts';

const names = Object.keys(MESSAGES) as MessageName[];
/** Fields that a payload may lack: what older servers do not send, and what may be anything at all. */
const LACKABLE = new Set(['messageTerminated.consumer_seq', 'deadLettered.payload']);

async function faultsOf(message: Message, data: unknown): Promise<number> {
  const result = await message.payload['~standard'].validate(data);
  return result.issues?.length ?? 0;
}

describe.each(names)('%s', (name) => {
  const message: Message = MESSAGES[name];
  const example = MESSAGE_EXAMPLES[name];

  test('accepts a right payload', async () => {
    expect(await message.payload['~standard'].validate(example)).toEqual({ value: example });
  });

  test('refuses a payload that lacks any one field', async () => {
    for (const field of Object.keys(example).filter((key) => !LACKABLE.has(`${name}.${key}`))) {
      const broken = Object.fromEntries(Object.entries(example).filter(([key]) => key !== field));
      expect(await faultsOf(message, broken), `without ${field}`).toBeGreaterThan(0);
    }
  });

  test('refuses what is no object', async () => {
    for (const broken of [null, 'text', 7, []]) expect(await faultsOf(message, broken)).toBeGreaterThan(0);
  });

  test('lies in exactly one stream when it asks for delivery, in none when it does not', () => {
    const keepers = STREAMS.filter((s) =>
      s.subjects.some((subject) => filterCovers(subject, filterOf(message.subject))),
    );
    expect(keepers).toHaveLength(message.delivery === 'stream' ? 1 : 0);
  });
});

test('no two messages have the same subject', () => {
  const subjects = names.map((name) => MESSAGES[name].subject);
  expect(new Set(subjects).size).toBe(subjects.length);
});

test('no event carries an e-mail address', () => {
  expect(JSON.stringify(MESSAGE_EXAMPLES)).not.toMatch(/email/i);
});
