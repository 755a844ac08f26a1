import { Socket } from 'node:net';
import pg from 'pg';
import { REQUEST_LIMITS } from '../database/connection-config.ts';
import { codeOf } from '../unavailable.ts';

/** Statements on one connection, one after another. */
export interface Statements {
  /** Rejects when the statement fails or takes too long; the next one has a new connection then. */
  query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
}

/** Milliseconds within which a statement has its answer: a second after PostgreSQL itself ends one, and says so. */
const BOUND_MS = REQUEST_LIMITS.statementMs + 1000;

const STATEMENT_ENDED = '57014';

/**
 * The relay's own connection, so that neither busy requests nor a silent pool stop it. A connection on which a statement fails
 * or is not answered in time is thrown away: after a failover the old one may be silent or read-only forever.
 */
export class RelayConnection implements Statements {
  private readonly config: pg.ClientConfig;
  private readonly boundMs: number;
  private opened: Promise<OpenedClient> | undefined;

  constructor(config: pg.ClientConfig, boundMs = BOUND_MS) {
    this.config = config;
    this.boundMs = boundMs;
  }

  async query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const opening = (this.opened ??= openClient(this.config));
    try {
      const { client } = await within(this.boundMs, opening);
      const { rows } = await within(this.boundMs, client.query(text, [...values]));
      return rows as readonly Row[];
    } catch (error) {
      // the server is well: it has just ended a statement
      if (codeOf(error) === STATEMENT_ENDED) throw error;
      if (this.opened === opening) this.opened = undefined;
      // one that opens late is thrown away as well
      void opening.then(discard, () => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    if (opened === undefined) return;
    await within(this.boundMs, opened.client.end()).catch(() => undefined);
    discard(opened);
  }
}

interface OpenedClient {
  readonly client: pg.Client;
  readonly socket: Socket;
}

async function openClient(config: pg.ClientConfig): Promise<OpenedClient> {
  const socket = new Socket();
  const client = new pg.Client({ ...config, stream: () => socket });
  // the next statement on it fails
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { client, socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Nobody says goodbye on a connection that does not answer. */
function discard({ socket }: OpenedClient): void {
  socket.destroy();
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`postgres did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
