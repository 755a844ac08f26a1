import { describe, expect, it } from 'vitest';
import { manifestSet } from '#manifests';
import { ClusterView } from '../../../src/deploy/wait/cluster-view.ts';
import { RolloutJudge } from '../../../src/deploy/wait/rollout-judge.ts';
import { liveDeployment, livePod, liveReplicaSet, readyDeployment, waiting } from '../live-shapes.ts';

const SLOW = waiting('ImagePullBackOff', 'i/o timeout');

function judged(...objects: readonly unknown[]) {
  const view = new ClusterView();
  for (const object of objects) view.take({ type: 'ADDED', object });
  const { objects: workloads } = manifestSet([{ path: 'a.yaml', manifest: readyDeployment('auth') }]);
  return { view, judge: new RolloutJudge(workloads) };
}

describe('RolloutJudge', () => {
  it('lets a cause count once it has stood for its time without a break', () => {
    const { view, judge } = judged(liveDeployment('auth'), liveReplicaSet('auth', '2'), livePod('auth-2', SLOW));
    const failedAt = (nowMs: number) => judge.judge(view, nowMs)[0]?.failed;
    expect(failedAt(0)).toBe(false);
    expect(failedAt(29_999)).toBe(false);
    view.take({ type: 'MODIFIED', object: livePod('auth-2', waiting('ContainerCreating')) });
    expect(failedAt(30_000)).toBe(false);
    view.take({ type: 'MODIFIED', object: livePod('auth-2', SLOW) });
    expect(failedAt(31_000)).toBe(false);
    expect(failedAt(61_000)).toBe(true);
  });

  it('goes on counting while the kubelet alternates between two words for one failure', () => {
    const { view, judge } = judged(liveDeployment('auth'), liveReplicaSet('auth', '2'), livePod('auth-2', SLOW));
    const failedAt = (nowMs: number) => judge.judge(view, nowMs)[0]?.failed;
    expect(failedAt(0)).toBe(false);
    view.take({ type: 'MODIFIED', object: livePod('auth-2', waiting('ErrImagePull', 'i/o timeout')) });
    expect(failedAt(15_000)).toBe(false);
    view.take({ type: 'MODIFIED', object: livePod('auth-2', SLOW) });
    expect(failedAt(30_000)).toBe(true);
  });

  it('looks for no cause in a workload that is ready', () => {
    const { view, judge } = judged(readyDeployment('auth'), liveReplicaSet('auth', '2'), livePod('auth-2', SLOW));
    expect(judge.judge(view, 0)).toMatchObject([{ state: { done: true }, cause: undefined }]);
  });

  it('takes no cause from before the controller has seen the new generation', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const { view, judge } = judged(liveDeployment('auth', { observedGeneration: 1, conditions }));
    expect(judge.judge(view, 0)).toMatchObject([{ cause: undefined, failed: false }]);
  });

  it('forgets what was deleted', () => {
    const { view, judge } = judged(readyDeployment('auth'));
    view.take({ type: 'DELETED', object: readyDeployment('auth') });
    expect(judge.judge(view, 0)).toMatchObject([{ state: { done: false, text: 'not seen yet' } }]);
  });
});
