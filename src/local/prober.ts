import { request } from 'node:http';
import { connect } from 'node:net';
import type { Probe } from './manifests.ts';
import { reasonOf } from './probe-answer.ts';

/** What a kubelet's check said. */
export interface ProbeResult {
  readonly passed: boolean;
  /** Why not, in a few words. */
  readonly reason: string;
}

const DEFAULT_TIMEOUT_S = 1;
/** What is read of an answer that said no. */
const READ_CHARACTERS = 64 * 1024;

/** Runs a check once against a local port, as the kubelet would: any status from 200 to 399 passes. */
export async function runProbe(probe: Probe, port: number): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1000;
  if (probe.httpGet !== undefined) return await httpCheck(port, probe.httpGet.path ?? '/', timeoutMs);
  if (probe.tcpSocket !== undefined) return await tcpCheck(port, timeoutMs);
  return { passed: true, reason: 'this kind of check is not supported locally' };
}

async function httpCheck(port: number, path: string, timeoutMs: number): Promise<ProbeResult> {
  return await new Promise((resolve) => {
    const fail = (reason: string): void => resolve({ passed: false, reason: `${path}: ${reason}` });
    const deadline = AbortSignal.timeout(timeoutMs);
    const options = { host: '127.0.0.1', port, path, agent: false, signal: deadline, headers: { connection: 'close' } };
    const asked = request(options, (answer) => {
      const status = answer.statusCode ?? 0;
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        if (body.length < READ_CHARACTERS) body += text;
      });
      answer.on('error', (error) => fail(error.message));
      answer.on('end', () => {
        if (status >= 200 && status < 400) resolve({ passed: true, reason: '' });
        else fail([String(status), reasonOf(body)].filter((part) => part !== '').join(', '));
      });
    });
    asked.on('error', (error) => fail(deadline.aborted ? `no answer within ${timeoutMs} ms` : error.message));
    asked.end();
  });
}

async function tcpCheck(port: number, timeoutMs: number): Promise<ProbeResult> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => end({ passed: true, reason: '' }));
    const end = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end({ passed: false, reason: `no connection within ${timeoutMs} ms` }));
    socket.on('error', (error) => end({ passed: false, reason: error.message }));
  });
}
