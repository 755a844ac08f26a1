/** The sample service with a proxy before each of its stores, and somebody who writes notes. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { startService, type RunningService } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { TcpProxy } from '#test-support/tcp-proxy';
import { notes, notesDefinition, notesTopology, type NotesTables } from './sample-service.ts';

/** In which a request is answered, whatever is away. */
export const ANSWER_MS = 10_000;
/** In which everything works again once the stores do. */
export const RECOVERY_MS = 15_000;

/** Starts the stores, the proxies and the service. */
export async function startNotesBehindProxies(): Promise<NotesBehindProxies> {
  const stores = await startServiceStores(notesTopology);
  const [postgres, redis, nats] = await Promise.all([
    TcpProxy.before(stores.postgres),
    TcpProxy.before(stores.redis),
    TcpProxy.before(stores.nats),
  ]);
  const env = stores.env(notes, {
    ...{ NOTES_MAX: '1000', RATE_LIMIT: '0', DB_STATEMENT_TIMEOUT_MS: '1000' },
    ...{ DB_HOST: '127.0.0.1', DB_PORT: String(postgres.port) },
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    NATS_URL: `nats://127.0.0.1:${nats.port}`,
  });
  const running = await startService(notesDefinition(), { env, port: 0 });
  return new NotesBehindProxies(stores, { postgres, redis, nats }, running);
}

/** The service, its proxies, and what a test does with them. */
export class NotesBehindProxies {
  readonly stores: ServiceStores;
  readonly proxies: { readonly postgres: TcpProxy; readonly redis: TcpProxy; readonly nats: TcpProxy };
  readonly running: RunningService<typeof notes, NotesTables>;

  constructor(
    stores: ServiceStores,
    proxies: NotesBehindProxies['proxies'],
    running: RunningService<typeof notes, NotesTables>,
  ) {
    this.stores = stores;
    this.proxies = proxies;
    this.running = running;
  }

  /** Writes a note; with the status of its answer, which must not be long in coming. */
  async write(who: LoggedIn, key: string = randomUUID()): Promise<number> {
    const answer = await fetch(`${this.running.url}/api/notes/notes`, {
      method: 'POST',
      headers: { ...who.headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ text: key }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return answer.status;
  }

  async list(who: LoggedIn): Promise<number> {
    const url = `${this.running.url}/api/notes/notes`;
    return (await fetch(url, { headers: who.headers, signal: AbortSignal.timeout(ANSWER_MS) })).status;
  }

  /** Writes under one key until it is accepted. */
  async writeSurely(who: LoggedIn, key: string = randomUUID()): Promise<void> {
    await eventually(async () => expect(await this.write(who, key)).toBe(201), RECOVERY_MS);
  }

  /** Resolves when each note of somebody was told of and counted, once. */
  async counted(who: LoggedIn, times: number): Promise<void> {
    const query = `select (select count(*) from notes.note where owner_id = '${who.userId}')
      || ' ' || (select notes from notes.tally where owner_id = '${who.userId}')`;
    const figures = `${times} ${times}`;
    await eventually(async () => expect(await this.stores.postgres.sql(query, 'video')).toBe(figures), 30_000);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await Promise.all(Object.values(this.proxies).map(async (proxy) => await proxy.stop()));
    await this.stores.stop();
  }
}
