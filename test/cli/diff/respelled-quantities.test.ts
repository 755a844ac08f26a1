import { describe, expect, it } from 'vitest';
import { differenceOf } from './diffing.ts';

const workload = (kind: string, memory: string): string =>
  `{apiVersion: apps/v1, kind: ${kind}, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: m, image: 'a:1', resources: {limits: {memory: ${memory}}}}]}}}}`;
const restarts = (kind: string, before: string, after: string): readonly string[] =>
  differenceOf(workload(kind, before), workload(kind, after)).changed.flatMap((it) =>
    it.restarts.map(({ field }) => field),
  );

describe('one amount in two forms', () => {
  // the revision of a StatefulSet is a text: measured on an API server with its controllers
  it.each([
    ['1Gi', '1073741824'],
    ["'1e9'", '1G'],
  ])('replaces the pods of a StatefulSet: %s and %s', (before, after) => {
    expect(restarts('StatefulSet', before, after)).toEqual(['spec.containers[m].resources.limits.memory']);
    expect(restarts('StatefulSet', after, before)).toHaveLength(1);
  });

  it.each(['Deployment', 'DaemonSet'])('changes nothing of a %s', (kind) => {
    expect(differenceOf(workload(kind, '1Gi'), workload(kind, '1073741824')).changed).toEqual([]);
  });

  it.each([
    ['1Gi', '1024Mi'],
    ["'0.5'", '500m'],
    ['0.5Gi', '512Mi'],
    ['1000M', '1G'],
    ['1', "'1'"],
  ])('but not in two spellings of one form: %s and %s', (before, after) => {
    expect(differenceOf(workload('StatefulSet', before), workload('StatefulSet', after)).changed).toEqual([]);
  });
});
