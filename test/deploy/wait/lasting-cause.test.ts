import { describe, expect, it } from 'vitest';
import { Cursor } from '#manifests';
import { ClusterView } from '../../../src/deploy/wait/cluster-view.ts';
import { lastingCauses } from '../../../src/deploy/wait/lasting-cause.ts';
import { liveDeployment, liveEvent, livePod, liveReplicaSet, liveStatefulSet, waiting } from '../live-shapes.ts';

function causesOf(workload: unknown, ...others: readonly unknown[]) {
  const view = new ClusterView();
  for (const object of [workload, ...others]) view.take({ type: 'ADDED', object });
  return lastingCauses(new Cursor(workload), view);
}

function causesOfPod(containerStatus: Readonly<Record<string, unknown>>, ...events: readonly unknown[]) {
  return causesOf(liveDeployment('auth'), liveReplicaSet('auth', '2'), livePod('auth-2', containerStatus), ...events);
}

describe('lastingCauses', () => {
  it.each([
    ['CreateContainerConfigError', `couldn't find key auth-db-password in Secret shop/keys`],
    ['InvalidImageName', 'invalid reference format'],
    ['ImagePullBackOff', 'Back-off pulling image "x": not found'],
    ['ErrImagePull', '401 Unauthorized'],
  ])('counts %s at once: %s', (reason, message) => {
    const [cause] = causesOfPod(waiting(reason, message));
    expect(cause).toMatchObject({ reason, pod: 'auth-2-pod', container: 'main', patienceMs: 0 });
    expect(cause?.message).toContain(message);
  });

  it('gives a registry that answers too late half a minute', () => {
    expect(causesOfPod(waiting('ImagePullBackOff', 'i/o timeout'))[0]?.patienceMs).toBe(30_000);
  });

  it('lets a service crash twice while its stores start, and not more often', () => {
    const crashed = (restartCount: number) => ({
      ...{ ...waiting('CrashLoopBackOff', 'back-off 20s restarting'), restartCount },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    });
    expect(causesOfPod(crashed(2))).toEqual([]);
    const [cause] = causesOfPod(crashed(3));
    expect(cause?.message).toContain('it exited with 137 (OOMKilled) after 3 restarts');
  });

  it('says nothing of containers that are being made, and of pods that are to go', () => {
    expect(causesOfPod(waiting('ContainerCreating'))).toEqual([]);
    const old = livePod('auth-1', waiting('CreateContainerConfigError'));
    expect(causesOf(liveDeployment('auth'), liveReplicaSet('auth', '1'), liveReplicaSet('auth', '2'), old)).toEqual([]);
  });

  it('reads of a volume that cannot be mounted in the events alone', () => {
    const failed = liveEvent('Pod', 'auth-2-pod', 'FailedMount', 'secret "tls" not found');
    expect(causesOfPod(waiting('ContainerCreating'), failed)).toMatchObject([{ reason: 'FailedMount' }]);
    const slow = liveEvent('Pod', 'auth-2-pod', 'FailedMount', 'timed out waiting for the condition');
    expect(causesOfPod(waiting('ContainerCreating'), slow)).toEqual([]);
  });

  it('takes a quota from the condition of a Deployment, and from the event of a StatefulSet', () => {
    const message = 'pods "auth-1" is forbidden: exceeded quota: small';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    expect(causesOf(liveDeployment('auth', { conditions }))).toMatchObject([{ reason: 'FailedCreate', message }]);
    const event = liveEvent('StatefulSet', 'nats', 'FailedCreate', message);
    expect(causesOf(liveStatefulSet('nats'), event)).toMatchObject([{ reason: 'FailedCreate', message }]);
  });

  it('ends with the progress deadline', () => {
    const conditions = [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'has timed out progressing',
      },
    ];
    expect(causesOf(liveDeployment('auth', { conditions }))[0]).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      patienceMs: 0,
    });
  });

  it('names an old pod of a StatefulSet that holds up its own cure', () => {
    const old = livePod('nats', waiting('CreateContainerConfigError', 'secret "keys" not found'), { hash: 'a' });
    const [cause] = causesOf(liveStatefulSet('nats'), old);
    expect(cause?.message).toContain(
      'it belongs to the old revision, and is replaced only when it is ready or deleted',
    );
  });
});
