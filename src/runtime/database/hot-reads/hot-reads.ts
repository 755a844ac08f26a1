/**
 * Reads that come over and over, on one connection that all of them share. They are prepared by name there and sent one
 * behind the other without waiting (pg's pipeline mode), those of one turn of the event loop in one write.
 *
 * Only what can do no harm there goes there: a plain select outside a transaction, without locks, that has proved quick on a
 * connection of its own. One that turns out slow goes back, since others would wait behind it, and has to prove itself for
 * longer: a moment in which everything was slow must not part the two forever. A select of `*` stays away: after a newer
 * pod has added a column, its prepared form fails ("cached plan must not change result type").
 */
import { SelectQueryNode, type CompiledQuery, type QueryResult } from 'kysely';
import { hash } from 'node:crypto';
import { Socket } from 'node:net';
import type pg from 'pg';
import type { Logger } from '../../log.ts';
import { inOneWrite } from '../../one-write.ts';
import { codeOf, isStoreAway } from '../../unavailable.ts';
import { AnswerBound, BoundedClient, postgresError } from '../bounded-client.ts';

/** Runs that must have been quick before a statement shares a connection; so many times as many after each that was slow. */
const PROBATION_RUNS = 5;
const PROBATION_GROWTH = 100;
const QUICK_MS = 25;
/** Longer than this, waiting behind others included, and a statement goes back. */
const SLOW_MS = 500;
/** Longer than this without an answer, and the shared connection is given up; what waits there runs on one of the pool. */
const SILENT_MS = 2000;
/** Statements that are known at most; texts made of lists of any length must not fill the server's memory. */
const MOST_STATEMENTS = 200;
/**
 * `invalid_sql_statement_name` and `duplicate_prepared_statement`: a pooler is between that gives each transaction another
 * connection of its own, so what was prepared is elsewhere, or was prepared by another process.
 */
const POOLER = /^(26000|42P05)$/;
/** `feature_not_supported`, with which PostgreSQL refuses a cached plan whose result has another type now. */
const STALE_PLAN = '0A000';

/** A statement that is watched. */
interface Statement {
  readonly name: string;
  /** Quick runs in a row on a connection of its own. */
  runs: number;
  /** How many of them are needed. */
  needed: number;
}

/** The shared connection. */
export interface HotReads {
  /** Runs a read that is fit for the shared connection; undefined, at once or later, when it has to run on one of its own. */
  run(query: CompiledQuery): Promise<QueryResult<unknown> | undefined> | undefined;
  /** Tells how long a statement took on a connection of its own. */
  ran(query: CompiledQuery, tookMs: number): void;
  close(): Promise<void>;
}

/** Opens the shared connection when the first statement is fit for it, and again after it was lost. */
export function openHotReads(config: pg.ClientConfig, log: Logger): HotReads {
  const statements = new Map<string, Statement>();
  const bound = new AnswerBound(SILENT_MS);
  let link: { readonly client: BoundedClient; readonly socket: Socket } | undefined;
  let opening: Promise<void> | undefined;
  let closed = false;

  /** Ends the sharing for good. */
  function leave(): void {
    if (closed) return;
    closed = true;
    log.warn('a pooler is between this service and postgres, frequent reads are not prepared');
    link?.client.destroy();
    link = undefined;
  }

  function statementOf(query: CompiledQuery): Statement | undefined {
    const known = statements.get(query.sql);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS || !isPlainRead(query)) return undefined;
    const statement = { name: nameOf(query.sql), runs: 0, needed: PROBATION_RUNS };
    statements.set(query.sql, statement);
    return statement;
  }

  async function open(): Promise<void> {
    const socket = new Socket();
    const client = new BoundedClient({ ...config, bound, stream: () => socket, pipeline: true });
    const lost = (): void => {
      if (link?.client === client) link = undefined;
    };
    client.on('error', (err) => {
      lost();
      log.warn({ err }, 'the shared connection to postgres was lost');
    });
    client.on('end', lost);
    try {
      await client.connect();
      if (closed) await client.end();
      else link = { client, socket };
    } catch (err) {
      log.warn({ err }, 'the shared connection to postgres could not be opened');
    } finally {
      opening = undefined;
    }
  }

  return {
    run(query) {
      const statement = statementOf(query);
      if (statement === undefined || statement.runs < statement.needed) return undefined;
      if (link === undefined) {
        if (!closed) opening ??= open();
        return undefined;
      }
      inOneWrite(link.socket);
      return runNamed(link.client, statement, query, leave);
    },
    ran(query, tookMs) {
      const statement = statements.get(query.sql);
      if (statement === undefined) return;
      statement.runs = tookMs < QUICK_MS ? statement.runs + 1 : 0;
    },
    async close() {
      closed = true;
      await opening;
      await link?.client.end();
    },
  };
}

async function runNamed(
  client: pg.Client,
  statement: Statement,
  { sql: text, parameters }: CompiledQuery,
  leave: () => void,
): Promise<QueryResult<unknown> | undefined> {
  const startedAt = performance.now();
  try {
    const query = { name: statement.name, text, values: [...parameters] };
    const { rows } = await client.query<Record<string, unknown>>(query);
    if (performance.now() - startedAt > SLOW_MS && statement.runs >= statement.needed) {
      statement.runs = 0;
      statement.needed *= PROBATION_GROWTH;
    }
    return { rows };
  } catch (error) {
    // on a connection of its own it may go better, or says what is wrong
    if (isStoreAway(postgresError(error))) return undefined;
    if (POOLER.test(codeOf(error))) leave();
    // a column changed its type, so the prepared form is of no use: the statement itself may be
    else if (codeOf(error) === STALE_PLAN) statement.needed = Number.POSITIVE_INFINITY;
    else throw error;
    return undefined;
  }
}

/** Where a pooler is between, another process may have prepared this name: it must mean the same text to all of them. */
function nameOf(text: string): string {
  return `hot_${hash('sha256', text, 'base64url')}`;
}

/** A select that neither locks nor depends on the columns a table happens to have. */
function isPlainRead({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) && query.endModifiers === undefined && !sql.includes('*');
}
