import { expect, test } from 'vitest';
import { runDemo } from '../../src/local/demo.ts';
import type { LocalEvent } from '../../src/local/local-event.ts';
import type { LocalSettings } from '../../src/local/local-settings.ts';
import type { LocalPlatform } from '../../src/local/platform.ts';

const PLATFORM = { url: 'http://127.0.0.1:1', servers: {} } as unknown as LocalPlatform;

async function noticesOf(script: string): Promise<readonly string[]> {
  const events: LocalEvent[] = [];
  const settings = { demo: [process.execPath, '-e', script] } as unknown as LocalSettings;
  await runDemo(settings, PLATFORM, (event) => events.push(event));
  return events.flatMap((event) => (event.event === 'notice' ? [event.text] : []));
}

test('the last line of the demo command, which says how to log in, is seen without the logs', async () => {
  const notices = await noticesOf(
    `console.log('uploads a film'); console.log('log in as ada with the password secret')`,
  );
  expect(notices.at(-1)).toContain('log in as ada with the password secret');
  expect(notices.join()).not.toContain('uploads a film');
});
