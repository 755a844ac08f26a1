import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Lifetime } from '#runtime/lifetime';

it('leaves a store that does not end within the grace, says so, and ends the others', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const life = new Lifetime({ graceMs: 50, log });
  const ended: string[] = [];
  life.addStore('redis', async () => {
    ended.push('redis');
    await Promise.resolve();
  });
  life.addStore('postgres', async () => await new Promise<never>(() => undefined));
  await life.end();
  expect(ended).toEqual(['redis']);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ part: 'postgres', msg: 'did not stop in time, and is left' }),
  ]);
});
