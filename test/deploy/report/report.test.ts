import { describe, expect, it } from 'vitest';
import { Kubectl } from '../../../src/deploy/kubectl/kubectl.ts';
import { nextCommand } from '../../../src/deploy/wait/next-command.ts';
import { faultText, jsonReport, textReport } from '../../../src/deploy/report/report.ts';
import { secretFaults } from '../../../src/deploy/preflight/required-keys.ts';
import { manifestSet } from '#manifests';

const FAULT = {
  object: 'Deployment/auth',
  reason: 'CrashLoopBackOff',
  message: 'container auth: back-off',
  evidence: [
    { title: 'events', lines: ['one', 'two'] },
    { title: 'conditions', lines: [] },
  ],
  next: 'kubectl logs auth-1 --previous',
};

function report(make: typeof textReport) {
  const written = { out: '', err: '' };
  const tell = make({
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    elapsedMs: () => 127_400,
  });
  return { tell, written };
}

describe('a report', () => {
  it('tells a fault with its object, its cause, what was seen and the next command', () => {
    expect(faultText(FAULT)).toBe(
      [
        '✗ Deployment/auth: container auth: back-off',
        '    events:',
        '      one',
        '      two',
        '    next: kubectl logs auth-1 --previous',
      ].join('\n'),
    );
  });

  it('writes faults to standard error and progress to standard output, with the time', () => {
    const { tell, written } = report(textReport);
    tell({ event: 'progress', step: 'wait', object: 'Deployment/auth', text: '0 of 1 available', done: false });
    tell({ event: 'object', step: 'apply', object: 'Service/auth', change: 'unchanged' });
    tell({ event: 'fault', step: 'wait', ...FAULT });
    expect(written.out).toBe('02:07    … Deployment/auth: 0 of 1 available\n');
    expect(written.err).toMatch(/^02:07 {2}✗ Deployment\/auth/);
  });

  it('is one JSON object per line when asked', () => {
    const { tell, written } = report(jsonReport);
    tell({ event: 'fault', step: 'wait', ...FAULT });
    tell({ event: 'end', exitCode: 5, text: 'failed' });
    expect(
      written.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: 'fault', step: 'wait', ...FAULT, elapsedMs: 127_400 },
      { event: 'end', exitCode: 5, text: 'failed', elapsedMs: 127_400 },
    ]);
  });
});

describe('the next command', () => {
  const kubectl = new Kubectl({ context: 'k3s', namespace: 'shop' }, new AbortController().signal);
  const [auth] = manifestSet([
    { path: '', manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'auth' } } },
  ]).objects;
  const next = (reason: string, message: string, pod?: string) =>
    auth && nextCommand(kubectl, auth, { reason, message, patienceMs: 0, container: 'main', ...(pod ? { pod } : {}) });

  it('fits the cause', () => {
    expect(next('CrashLoopBackOff', '', 'p')).toBe(
      'kubectl --context k3s --namespace shop logs p --container main --previous',
    );
    expect(next('CreateContainerConfigError', `couldn't find key a in Secret shop/keys`, 'p')).toMatch(
      /^npx cdk8s-nats secrets generate --apply dist/,
    );
    expect(next('FailedCreate', 'exceeded quota: small')).toBe(
      'kubectl --context k3s --namespace shop describe resourcequota',
    );
    expect(next('ImagePullBackOff', 'image "secret-service" not here', 'p')).toBe(
      'kubectl --context k3s --namespace shop describe pod p',
    );
  });
});

describe('secretFaults', () => {
  const secret = {
    ...{ name: 'keys', namespace: 'shop', type: 'Opaque', readers: [] },
    keys: [
      { key: 'password', origin: 'password', optional: false, readers: ['Deployment/a'] },
      { key: 'url', origin: 'given', optional: false, readers: ['Deployment/b'] },
      { key: 'extra', origin: 'given', optional: true, readers: ['Deployment/b'] },
    ],
  } as const;

  it('name each key that is missing with its readers, and the command that makes it', () => {
    expect(secretFaults(secret, new Map([['password', []]]), 'dist')).toMatchObject([
      {
        object: 'Secret/keys',
        reason: 'missing-key',
        message: 'has no value for url (read by Deployment/b)',
        next: expect.stringContaining('--apply dist --given keys/url=FILE') as string,
      },
    ]);
    expect(secretFaults(secret, undefined, 'dist')).toMatchObject([{ reason: 'missing-secret' }]);
  });

  it('are none when every key that must be is there', () => {
    const present = new Map([
      ['password', []],
      ['url', []],
    ]);
    expect(secretFaults(secret, present, 'dist')).toEqual([]);
  });

  it('name a value that does not fit where it is put', () => {
    const keys = [
      { key: 'password', origin: 'password', optional: false, readers: ['Deployment/a'], forms: ['url'] },
    ] as const;
    const unfit = secretFaults({ ...secret, keys }, new Map([['password', ['quoted']]]), 'dist');
    expect(unfit).toMatchObject([
      {
        reason: 'unfit-secret-value',
        message: expect.stringContaining('the value of password does not fit') as string,
      },
    ]);
    expect(secretFaults({ ...secret, keys }, new Map([['password', ['quoted', 'url']]]), 'dist')).toEqual([]);
  });
});
