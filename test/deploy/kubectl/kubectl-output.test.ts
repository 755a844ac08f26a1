import { describe, expect, it } from 'vitest';
import { JsonStream } from '../../../src/deploy/kubectl/json-stream.ts';
import { isPodSecurity, refusalsIn, warningsIn } from '../../../src/deploy/kubectl/kubectl-words.ts';
import { changeOf, objectsByName } from '../../../src/deploy/kubectl/live-objects.ts';
import { skewWarning, versionFaults, versionsOf } from '../../../src/deploy/preflight/server-version.ts';

describe('what kubectl prints', () => {
  it('is cut into objects wherever a piece ends', () => {
    const events = [
      { type: 'ADDED', object: { text: '}\n}' } },
      { type: 'DELETED', object: {} },
    ];
    const text = events.map((event) => `${JSON.stringify(event, null, 4)}\n`).join('');
    const stream = new JsonStream();
    expect([...text].flatMap((character) => stream.push(character))).toEqual(events);
  });

  it('warns of pods that PodSecurity would refuse, among other warnings', () => {
    const err = `Warning: would violate PodSecurity "restricted:latest": host namespaces\nWarning: deprecated\nWarning: deprecated\nother\n`;
    expect(warningsIn(err)).toHaveLength(2);
    expect(warningsIn(err).filter(isPodSecurity)).toEqual([
      'would violate PodSecurity "restricted:latest": host namespaces',
    ]);
  });

  it.each([
    ['conflict', 'error: Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas'],
    ['quota', 'Error from server (Forbidden): configmaps "a" is forbidden: exceeded quota: small'],
    ['unknown-field', 'Error from server (BadRequest): strict decoding error: unknown field "spec.foo"'],
    [
      'unknown-field',
      'error: failed to create typed patch object (shop/a; /v1, Kind=Service): .spec.prots: field not declared in schema',
    ],
    ['immutable-field', 'The Deployment "a" is invalid: spec.selector: Invalid value: {}: field is immutable'],
    ['forbidden', 'Error from server (Forbidden): deployments.apps "a" is forbidden: User "ci" cannot patch'],
    ['invalid', 'The Service "a" is invalid: spec.ports: Required value'],
  ])('refuses with the reason %s', (reason, line) => {
    expect(refusalsIn(`Warning: x\n${line}\nPlease review the fields above--they\nmore\n`)).toEqual([
      { reason, message: line },
    ]);
  });

  it('keeps the lines of one conflict together', () => {
    const err = 'error: Apply failed with 2 conflicts: conflicts with "a":\n- .spec.x\n- .spec.y\n';
    expect(refusalsIn(err)).toMatchObject([{ message: expect.stringMatching(/ - \.spec\.x - \.spec\.y$/) as string }]);
  });
});

describe('changeOf', () => {
  const before = {
    metadata: { name: 'a', resourceVersion: '1', annotations: { 'deployment.kubernetes.io/revision': '1' } },
    spec: { replicas: 1 },
    status: { replicas: 1 },
  };

  it('does not count what the server counts up', () => {
    const after = { ...before, metadata: { name: 'a', resourceVersion: '2', generation: 3 }, status: {} };
    expect(changeOf(before, after)).toBe('unchanged');
    expect(changeOf(before, { ...before, spec: { replicas: 2 } })).toBe('changed');
    expect(changeOf(undefined, before)).toBe('created');
  });

  it('finds objects in a List, alone, and in no answer', () => {
    const object = { kind: 'Service', metadata: { name: 'a' } };
    expect([...objectsByName({ kind: 'List', items: [object] }).keys()]).toEqual(['Service/a']);
    expect([...objectsByName(object).keys()]).toEqual(['Service/a']);
    expect(objectsByName(undefined).size).toBe(0);
  });
});

describe('versions', () => {
  const versions = (server: string, client = server) =>
    versionsOf({ clientVersion: { gitVersion: client }, serverVersion: { gitVersion: server } });

  it('refuses a server that is too old for dist, and takes those of distributions', () => {
    expect(versionFaults(versions('v1.29.4'))).toMatchObject([{ reason: 'old-server' }]);
    expect(versionFaults(versions('v1.30.0+k3s1'))).toEqual([]);
  });

  it('warns of a client that is too far from the server', () => {
    expect(skewWarning(versions('v1.36.0', 'v1.32.4-dispatcher'))).toContain('at most one minor version');
    expect(skewWarning(versions('v1.36.0', 'v1.35.1'))).toBeUndefined();
  });
});
