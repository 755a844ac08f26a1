import { describe, expect, it } from 'vitest';
import { Cursor } from '#manifests';
import { rolloutState } from '../../../src/deploy/wait/rollout-state.ts';
import { liveDeployment, liveStatefulSet, readyDeployment } from '../live-shapes.ts';

function stateOf(object: unknown) {
  return rolloutState(new Cursor(object));
}

describe('rolloutState', () => {
  it('does not take the status of a generation that the controller has not seen', () => {
    const state = { ...(readyDeployment('auth') as { status: object }).status, observedGeneration: 1 };
    expect(stateOf(liveDeployment('auth', state))).toEqual({
      done: false,
      text: 'the controller has not seen it yet',
    });
    expect(rolloutState(undefined).done).toBe(false);
  });

  it.each([
    [{ replicas: 1 }, '0 of 1 updated'],
    [{ replicas: 2, updatedReplicas: 1, availableReplicas: 2 }, '1 old still running'],
    [{ replicas: 1, updatedReplicas: 1 }, '0 of 1 available'],
  ])('follows a Deployment through %j', (status, text) => {
    expect(stateOf(liveDeployment('auth', status))).toEqual({ done: false, text });
  });

  it('is done when every pod of a Deployment is new and available', () => {
    expect(stateOf(readyDeployment('auth'))).toEqual({ done: true, text: '1 of 1 available' });
  });

  it('is done for a Deployment that is to have no pods', () => {
    expect(stateOf(liveDeployment('auth', {}, { replicas: 0 })).done).toBe(true);
  });

  it.each([
    [{ readyReplicas: 0 }, '0 of 1 ready'],
    [{ readyReplicas: 1, updatedReplicas: 0 }, '0 of 1 updated'],
  ])('follows a StatefulSet through %j', (status, text) => {
    expect(stateOf(liveStatefulSet('nats', status))).toEqual({ done: false, text });
  });

  it('is done when a StatefulSet has nothing of another revision', () => {
    expect(stateOf(liveStatefulSet('nats', { readyReplicas: 1, updatedReplicas: 1 })).done).toBe(true);
    expect(stateOf(liveStatefulSet('nats', { readyReplicas: 1, currentRevision: 'b' })).done).toBe(true);
  });

  it('does not wait for pods that only their deletion replaces', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } };
    expect(stateOf(liveStatefulSet('nats', {}, spec)).done).toBe(true);
  });
});
