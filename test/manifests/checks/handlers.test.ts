import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const CONTAINER = '/spec/template/spec/containers/0';
const GET = 'httpGet: {path: /, port: 80}';

describe('the API server refuses', () => {
  it.each([
    ['a probe with two actions', `readinessProbe: {${GET}, exec: {command: [x]}}`, '/readinessProbe'],
    [
      'a hook with two actions',
      `lifecycle: {preStop: {sleep: {seconds: 1}, exec: {command: [x]}}}`,
      '/lifecycle/preStop',
    ],
    ['an empty command', 'livenessProbe: {exec: {command: []}}', '/livenessProbe/exec'],
    ['a probe without a command', 'livenessProbe: {exec: {}}', '/livenessProbe/exec'],
    ['a hook without a command', 'lifecycle: {preStop: {exec: {command: null}}}', '/lifecycle/preStop/exec'],
    [
      'a liveness probe that must succeed twice',
      `livenessProbe: {${GET}, successThreshold: 2}`,
      '/livenessProbe/successThreshold',
    ],
    [
      'a startup probe that must succeed twice',
      `startupProbe: {${GET}, successThreshold: 2}`,
      '/startupProbe/successThreshold',
    ],
    [
      'a readiness probe that would end its container',
      `readinessProbe: {${GET}, terminationGracePeriodSeconds: 5}`,
      '/readinessProbe/terminationGracePeriodSeconds',
    ],
  ])('%s', (_, fields, pointer) => {
    expect(faultsOf(deploymentWith(fields), ['field-value'])).toEqual([`field-value ${CONTAINER}${pointer}`]);
  });

  it.each([
    `readinessProbe: {${GET}, successThreshold: 2}`,
    `livenessProbe: {${GET}, terminationGracePeriodSeconds: 5}`,
    'lifecycle: {preStop: {sleep: {seconds: 5}}}',
    'livenessProbe: {exec: {command: [x]}}',
    'livenessProbe: {periodSeconds: 5}',
  ])('not %s', (fields) => {
    expect(faultsOf(deploymentWith(fields), ['field-value'])).toEqual([]);
  });
});
