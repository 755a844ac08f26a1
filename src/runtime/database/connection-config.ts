import pg from 'pg';

/** Milliseconds in which a connection is free or open. With the limit of a statement, a request is answered within 10 s. */
const CONNECT_MS = 3500;
/** Milliseconds of silence after which TCP asks whether the other side is still there. */
const KEEP_ALIVE_MS = 10_000;
/** Limits where requests wait. A transaction whose connection was lost holds its locks for as long as one may be idle. */
export const REQUEST_LIMITS = { statementMs: 5000, idleInTransactionMs: 10_000 };
const INT8_OID = 20;

/** Settings of the connections of a service. A limit of 0 disables it, and overrides the default of the role. */
export function connectionConfig(
  { url, schema }: { readonly url: string; readonly schema: string },
  limits: { readonly statementMs: number; readonly idleInTransactionMs: number } = REQUEST_LIMITS,
): pg.ClientConfig {
  const settings = {
    search_path: searchPath(schema),
    statement_timeout: limits.statementMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
  };
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: { getTypeParser },
  };
}

/** A schema's name as a value of `search_path`, with what the start-up packet wants escaped. */
function searchPath(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ');
}

/** `bigint` as a number, as counts and positions are; everything else as pg reads it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8_OID) return readInt8;
  return pg.types.getTypeParser(oid, format as 'text');
}

function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint is ${text}, must be within ±2^53: select it as text`);
  return value;
}
