import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, ManagedProcess } from '#local';
import { eventually } from '#test-support/eventually';

let server: ManagedProcess;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const command = ['node', '--import', 'tsx', 'deploy/local-web/web-server.ts', String(port)] as const;
  server = new ManagedProcess({ name: 'web', command });
  await eventually(async () => expect((await fetch(`${url}/livez`)).status).toBe(200), 60_000);
});
afterAll(async () => await server.stop());

it.each(['/%', '/%E0%A4%A', '//'])('answers an invalid path, and goes on: %s', async (path) => {
  expect((await fetch(url + path)).status).toBe(400);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
