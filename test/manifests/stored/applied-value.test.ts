import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { appliedValue } from '../../../src/manifests/stored/applied-value.ts';

/** What an apply makes of what is stored, given what the apply before it stated. */
function applied(stored: string, before: string, now: string, kind = 'Deployment'): unknown {
  const [is, was, will] = [stored, before, now].map((text) => parse(text) as unknown);
  return appliedValue({ stored: is, before: was, now: will }, kind);
}

describe('an apply over another', () => {
  it('changes what it states, and leaves a default that nobody stated', () => {
    expect(applied('{image: a, imagePullPolicy: Always}', '{image: a}', '{image: "a:1"}')).toEqual({
      image: 'a:1',
      imagePullPolicy: 'Always',
    });
  });

  it('removes what it no longer states', () => {
    expect(applied('{a: 1, b: 2}', '{a: 1, b: 2}', '{a: 1}')).toEqual({ a: 1 });
  });

  it('removes a struct of which it states nothing, with the defaults in it', () => {
    const stored = '{httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 10}';
    expect(applied(stored, '{httpGet: {port: 80}}', '{tcpSocket: {port: 80}}')).toEqual({
      tcpSocket: { port: 80 },
      periodSeconds: 10,
    });
  });

  it('leaves a struct that only the server filled in', () => {
    const stored = '{type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}';
    expect(applied(stored, '{type: RollingUpdate}', '{type: Recreate}')).toEqual({
      type: 'Recreate',
      rollingUpdate: { maxSurge: '25%' },
    });
  });

  it('leaves none of a struct from which all is removed', () => {
    expect(applied('{a: {b: 1}, c: 1}', '{a: {b: 1}, c: 1}', '{a: {}, c: 1}')).toEqual({ c: 1 });
  });

  it('replaces a reference as a whole', () => {
    const stored = '{valueFrom: {fieldRef: {apiVersion: v1, fieldPath: a}}}';
    expect(
      applied(stored, '{valueFrom: {fieldRef: {fieldPath: a}}}', '{valueFrom: {fieldRef: {fieldPath: b}}}'),
    ).toEqual({
      valueFrom: { fieldRef: { fieldPath: 'b' } },
    });
  });

  it('takes the items of a keyed list one by one', () => {
    const stored = '{containers: [{name: a, image: x, terminationMessagePolicy: File}, {name: b, image: y}]}';
    const before = '{containers: [{name: a, image: x}, {name: b, image: y}]}';
    expect(applied(stored, before, '{containers: [{name: a, image: z}]}')).toEqual({
      containers: [{ name: 'a', image: 'z', terminationMessagePolicy: 'File' }],
    });
  });

  it('tells ports apart by their protocol, whether it is stated or not', () => {
    const stored = '{ports: [{port: 80, protocol: TCP, targetPort: 80}]}';
    const now = '{ports: [{port: 80, protocol: TCP, name: http}]}';
    expect(applied(stored, '{ports: [{port: 80}]}', now, 'Service')).toEqual({
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80, name: 'http' }],
    });
    expect(applied(stored, '{ports: [{port: 80}]}', now, 'NetworkPolicy')).toEqual({
      ports: [{ port: 80, protocol: 'TCP', name: 'http' }],
    });
  });

  it('replaces any other list', () => {
    expect(applied('{args: [a, b]}', '{args: [a, b]}', '{args: [b]}')).toEqual({ args: ['b'] });
  });
});
