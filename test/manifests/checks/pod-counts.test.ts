import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

const budget = (count: string): string =>
  `{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {${count}}}`;
const deployment = (update: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {}, strategy: {rollingUpdate: {${update}}}}}`;
const daemons = (update: string): string =>
  `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}, spec: {template: {}, updateStrategy: {rollingUpdate: {${update}}}}}`;

describe('a count of pods', () => {
  it.each([
    [budget("maxUnavailable: '1'"), '/spec/maxUnavailable'],
    [budget('minAvailable: 50 %'), '/spec/minAvailable'],
    [budget('maxUnavailable: 101%'), '/spec/maxUnavailable'],
    [budget('maxUnavailable: 0.5'), '/spec/maxUnavailable'],
    [budget('minAvailable: -1'), '/spec/minAvailable'],
    [deployment("maxSurge: '1'"), '/spec/strategy/rollingUpdate/maxSurge'],
    [deployment('maxUnavailable: half'), '/spec/strategy/rollingUpdate/maxUnavailable'],
    [daemons("maxUnavailable: '2'"), '/spec/updateStrategy/rollingUpdate/maxUnavailable'],
  ])('%s is told', (text, pointer) => {
    expect(faultsOf(text, ['field-value'])).toEqual([`field-value ${pointer}`]);
  });

  it.each([
    budget('maxUnavailable: 25%'),
    budget('minAvailable: 1'),
    deployment('maxSurge: 200%, maxUnavailable: 0'),
    deployment("maxSurge: '{{ .Values.surge }}'"),
  ])('%s is not told', (text) => {
    expect(faultsOf(text, ['field-value'])).toEqual([]);
  });
});
