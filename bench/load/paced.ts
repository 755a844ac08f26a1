/**
 * Load at a fixed rate, whatever the answers do: each request has its moment, and its time counts from that moment, so an
 * answer that is late is late for all that should have been asked meanwhile (no coordinated omission).
 */
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What came of it. */
export interface PacedLoad {
  readonly sent: number;
  /** What failed, each in a few words; empty when all is well. */
  readonly errors: readonly string[];
  /** Milliseconds, by the share of requests that took no longer. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Calls `send` at its moments and waits for all of them. */
export async function sendPaced(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  send: (index: number) => Promise<void>,
): Promise<PacedLoad> {
  const total = Math.round(perSecond * seconds);
  const took: number[] = [];
  const errors: string[] = [];
  const running: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000) + 1);
    for (; index < due; index += 1) {
      const moment = startedAt + (index * 1000) / perSecond;
      const answered = send(index).then(
        () => void took.push(performance.now() - moment),
        (error: unknown) => void errors.push(error instanceof Error ? error.message : String(error)),
      );
      running.push(answered);
    }
    await pause(1);
  }
  await Promise.all(running);
  took.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  return { sent: total, errors, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}

/** Connections that are kept; one client of the load uses one agent. */
export function keptConnections(most = 64): Agent {
  return new Agent({ keepAlive: true, maxSockets: most });
}

/** Sends a request over kept connections and reads the answer to its end; rejects unless it is a success. */
export async function ask(
  agent: Agent,
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    httpRequest(url, { agent, method, headers: { ...headers, ...length } }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      response.once('error', reject);
      response.once('end', () => {
        if (statusCode < 400) resolve();
        else reject(new Error(`${method} ${new URL(url).pathname}: ${statusCode}`));
      });
    })
      .once('error', reject)
      .end(body);
  });
}
