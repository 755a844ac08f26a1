import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { acquaintance, startUserStage, stranger, type Known, type UserStage } from './running-user.ts';

let stage: UserStage;
let person: Known;
let visitor: Known;

beforeAll(async () => {
  stage = await startUserStage();
  person = await acquaintance(stage);
  visitor = await stranger(stage);
  visitor.client.cookie = '';
  await eventually(async () => expect(await outbox()).toEqual([]));
});

afterAll(async () => await stage.stop());

async function outbox() {
  return await stage.running.service.db.selectFrom('outbox').select('subject').execute();
}

describe('user, whose dependencies go one after the other,', () => {
  it('takes changes without NATS and keeps their messages', async () => {
    await stage.stores.nats.stop();
    const { status } = await person.client.send('changeMe', { body: { bio: 'written in the dark' } });
    expect(status).toBe(200);
    expect(await outbox()).toEqual([{ subject: 'events.user.profile_updated' }]);
  });

  it('shows a profile without Redis, and says 503 to whoever brings a session', async () => {
    await stage.stores.redis.stop();
    const params = { handle: person.handle };
    expect((await visitor.client.send('readProfile', { params })).body.bio).toBe('written in the dark');
    const { status, problem } = await person.client.send('readMe');
    expect({ status, dependency: problem.dependency }).toEqual({ status: 503, dependency: 'redis' });
  });

  it('says 503 without PostgreSQL, and nothing of its insides; the process lives', async () => {
    await stage.stores.postgres.stop();
    const { status, problem } = await visitor.client.send('readProfile', { params: { handle: person.handle } });
    expect({ status, dependency: problem.dependency }).toEqual({ status: 503, dependency: 'postgres' });
    expect(JSON.stringify(problem)).not.toMatch(/127\.0\.0\.1|select|ECONN/i);
    expect((await fetch(`${stage.running.url}/livez`)).status).toBe(200);
    const ready = await fetch(`${stage.running.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ dependencies: { postgres: { up: false } } });
  });
});
