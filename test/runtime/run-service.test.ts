import { Agent, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { startServiceProcess, type ServiceProcess } from '#test-support/service-process';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { notes, notesTopology } from './sample-service.ts';

const MAIN = 'test/runtime/sample-main.ts';

let stores: ServiceStores;
const processes: ServiceProcess[] = [];

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map(async ({ process }) => await process.stop()));
});

afterAll(async () => {
  await stores.stop();
});

async function start(changes: Readonly<Record<string, string>> = {}, more = {}): Promise<ServiceProcess> {
  const started = await startServiceProcess(MAIN, { ...stores.env(notes, changes), ...more });
  processes.push(started);
  return started;
}

async function write(url: string, { headers }: LoggedIn, text: string): Promise<Response> {
  return await fetch(`${url}/api/notes/notes`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
}

async function tallyOf(userId: string): Promise<string> {
  return await stores.postgres.sql(`select notes from notes.tally where owner_id = '${userId}'`, 'video');
}

describe('a service that cannot start', () => {
  it('names every missing variable in one message and exits 1', async () => {
    const { process } = await startServiceProcess(MAIN, {});
    expect(await process.ended).toEqual({ code: 1, signal: null });
    for (const { name } of notes.env) expect(process.output).toContain(`notes env ${name}: ${name} is not set`);
  });

  it('refuses a reference that the kubelet left unexpanded', async () => {
    const env = { ...stores.env(notes), DATABASE_URL: 'postgresql://notes:$(DB_PASS)@localhost:5432/video' };
    const { process } = await startServiceProcess(MAIN, env);
    expect(await process.ended).toEqual({ code: 1, signal: null });
    expect(process.output).toMatch(/DATABASE_URL contains \$\(DB_PASS\), which was not expanded/);
  });

  it.each([
    ['postgres', 'DB_PASS', /notes cannot start: postgres refused the login .*: correct DB_USER and DB_PASS/],
    [
      'redis',
      'REDIS_PASSWORD',
      /notes cannot start: redis refused the login .*: correct REDIS_USER and REDIS_PASSWORD/,
    ],
    ['nats', 'NATS_PASSWORD', /notes cannot start: nats refused the login .*: correct NATS_USER and NATS_PASSWORD/],
  ])('says that %s refused the secret %s, without showing it', async (_, variable, message) => {
    const { process } = await start({ [variable]: 'Wrong-and-visible' });
    expect(await process.ended).toEqual({ code: 1, signal: null });
    expect(process.output).toMatch(message);
    expect(process.output).not.toContain('Wrong-and-visible');
  });

  it('names the dependency that did not come within the deadline', async () => {
    const { process } = await start({ REDIS_URL: 'redis://127.0.0.1:1', START_DEADLINE_S: '1' });
    expect(await process.ended).toEqual({ code: 1, signal: null });
    expect(process.output).toMatch(/redis did not answer within 1 s/);
  });

  it('names the cause of a migration that failed', async () => {
    const { process } = await start({ DB_SCHEMA: 'elsewhere' });
    expect(await process.ended).toEqual({ code: 1, signal: null });
    expect(process.output).toMatch(
      /of schema elsewhere failed: permission denied for database video: as an administrator, run: create schema/,
    );
    expect(process.output).toMatch(/caused by: permission denied for database video/);
  });

  it('says which origin the cookie cannot live on', async () => {
    const { process } = await start({ PUBLIC_ORIGIN: 'http://video.example.org' });
    expect((await process.ended).code).toBe(1);
    expect(process.output).toContain('PUBLIC_ORIGIN is http://video.example.org');
  });
});

describe('a service that is killed', () => {
  it('between commit and publish has exactly one effect after its restart', async () => {
    const who = await stores.logIn();
    const first = await start();
    await first.untilReady();
    await stores.nats.halt('SIGKILL');
    expect((await write(first.url, who, 'one')).status).toBe(201);
    first.process.kill('SIGKILL');
    await first.process.ended;
    expect(await stores.postgres.sql('select count(*) from notes.outbox', 'video')).toBe('1');
    expect(await tallyOf(who.userId)).toBe('');
    await stores.nats.start();
    const second = await start();
    await second.untilReady();
    await eventually(async () => expect(await tallyOf(who.userId)).toBe('1'), 20_000);
    expect(await stores.postgres.sql('select count(*) from notes.outbox', 'video')).toBe('0');
    expect((await write(second.url, who, 'two')).status).toBe(201);
    await eventually(async () => expect(await tallyOf(who.userId)).toBe('2'));
  });
});

describe('a service that is asked to end', () => {
  it('fails no request that it accepted, over kept-alive connections and new ones, and exits 0', async () => {
    const who = await stores.logIn();
    const running = await start({ RATE_LIMIT: '100000' }, { SLOW_READ_MS: '60' });
    await running.untilReady();
    const { noteId } = (await (await write(running.url, who, 'read me')).json()) as { noteId: string };
    const outcomes: string[] = [];
    let asked = false;
    const clients = Array.from({ length: 12 }, async (_, i) => {
      const keepsAlive = i % 2 === 0;
      const agent = new Agent({ keepAlive: keepsAlive, maxSockets: 1 });
      // a kept-alive connection is used until its last answer; a new one that comes now may meet a closed port
      for (let last = false; !last && (keepsAlive || !asked);) {
        const { outcome, closes } = await get(`${running.url}/api/notes/notes/${noteId}`, who.headers, agent);
        outcomes.push(outcome);
        last = closes && keepsAlive;
      }
      agent.destroy();
    });
    await eventually(() => expect(outcomes.length).toBeGreaterThan(40));
    asked = true;
    const end = await running.process.stop(20_000);
    await Promise.all(clients);
    expect(end).toEqual({ code: 0, signal: null });
    expect([...new Set(outcomes)]).toEqual(['200']);
  });

  it('exits 0 while NATS and Redis are away', async () => {
    const running = await start();
    await running.untilReady();
    await stores.nats.halt('SIGKILL');
    await stores.redis.halt('SIGKILL');
    expect(await running.process.stop(20_000)).toEqual({ code: 0, signal: null });
    await stores.redis.start();
    await stores.nats.start();
  });

  it('takes the SIGINT that npm passes on for the same one', async () => {
    const running = await start();
    await running.untilReady();
    running.process.kill('SIGINT');
    running.process.kill('SIGINT');
    expect(await running.process.ended).toEqual({ code: 0, signal: null });
  });

  it('ends at once at another SIGINT a second later', async () => {
    const who = await stores.logIn();
    const running = await start({ RATE_LIMIT: '100000' }, { SLOW_READ_MS: '20000' });
    await running.untilReady();
    const { noteId } = (await (await write(running.url, who, 'slow')).json()) as { noteId: string };
    const slow = fetch(`${running.url}/api/notes/notes/${noteId}`, { headers: who.headers }).catch(() => undefined);
    await eventually(async () => {
      expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(/^http_requests_running\{[^}]*\} 1/m);
    });
    const impatient = setInterval(() => running.process.kill('SIGINT'), 200);
    expect(await running.process.ended).toEqual({ code: 130, signal: null });
    clearInterval(impatient);
    await slow;
  });

  it('exits 0 when it is asked while it still starts', async () => {
    const running = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    await eventually(async () => expect((await fetch(`${running.url}/livez`)).status).toBe(200));
    expect((await fetch(`${running.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${running.url}/api/notes/notes`)).status).toBe(503);
    expect(await running.process.stop(5000)).toEqual({ code: 0, signal: null });
  });
});

/** One request: its status or what went wrong, and whether its answer was the last on its connection. */
async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  agent: Agent,
): Promise<{ readonly outcome: string; readonly closes: boolean }> {
  return await new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ outcome: error.message, closes: true });
    const asked = request(url, { headers, agent }, (answer) => {
      answer.resume();
      answer.on('error', fail);
      answer.on('end', () => {
        resolve({ outcome: String(answer.statusCode), closes: answer.headers.connection === 'close' });
      });
    });
    asked.on('error', fail);
    asked.end();
  });
}
