/** What a person would look at next: conditions, the last events, the last lines of a container that does not run. */
import type { Cursor } from '#manifests';
import type { ClusterView, SeenEvent } from './cluster-view.ts';
import type { Evidence } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import type { LastingCause } from './lasting-cause.ts';

const MOST_EVENTS = 8;
const LOG_LINES = 20;
/** Reading logs asks the node, which may be what is broken. */
const LOG_TIMEOUT_MS = 10_000;

/** Everything that was seen of a workload. */
export async function evidenceOf(
  kubectl: Kubectl,
  view: ClusterView,
  workload: Cursor,
  cause: LastingCause | undefined,
): Promise<readonly Evidence[]> {
  const pods = view.newPods(workload);
  const conditions = [workload, ...pods].flatMap(unmetConditions);
  const events = view.eventsOf(workload).slice(-MOST_EVENTS).map(eventLine);
  const logs = await Promise.all(unreadyContainers(pods, cause).map((it) => logsOf(kubectl, it)));
  return [{ title: 'conditions', lines: conditions }, { title: 'events', lines: events }, ...logs.flat()];
}

/** Conditions that say that something is not as it should be. */
function unmetConditions(object: Cursor): readonly string[] {
  const name = `${object.at('kind').text ?? ''}/${object.at('metadata', 'name').text ?? ''}`;
  return object.at('status', 'conditions').items.flatMap((condition) => {
    const [type, status] = [condition.at('type').text ?? '', condition.at('status').text ?? ''];
    const isMet = (status === 'True') !== (type === 'ReplicaFailure');
    if (isMet) return [];
    const [reason, message] = [condition.at('reason').text, condition.at('message').text];
    return `${name} ${type}=${status}${reason === undefined ? '' : ` (${reason})`}${message === undefined ? '' : `: ${message}`}`;
  });
}

function eventLine({ at, type, reason, object, message, count }: SeenEvent): string {
  return `${at} ${type} ${reason} ${object}: ${message}${count > 1 ? ` (${count} times)` : ''}`;
}

interface SilentContainer {
  readonly pod: string;
  readonly container: string;
  /** Whether an earlier run of it ended. */
  readonly ranBefore: boolean;
  /** Whether there is a run whose log can be read. */
  readonly ran: boolean;
}

/** The container of the cause; without a cause those that are not ready. */
function unreadyContainers(pods: readonly Cursor[], cause: LastingCause | undefined): readonly SilentContainer[] {
  const all = pods.flatMap((pod) =>
    ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
      pod.at('status', list).items.map((status) => ({ pod: pod.at('metadata', 'name').text ?? '', status })),
    ),
  );
  return all
    .filter(({ pod, status }) =>
      cause?.container === undefined
        ? cause?.pod === undefined && status.at('ready').value === false
        : pod === cause.pod && status.at('name').text === cause.container,
    )
    .map(({ pod, status }) => {
      const ranBefore = status.at('lastState', 'terminated').exists;
      const ran = ranBefore || ['running', 'terminated'].some((state) => status.at('state', state).exists);
      return { pod, container: status.at('name').text ?? '', ranBefore, ran };
    })
    .filter(({ ran }) => ran)
    .slice(0, 3);
}

async function logsOf(kubectl: Kubectl, { pod, container, ranBefore }: SilentContainer): Promise<readonly Evidence[]> {
  const runs = ranBefore
    ? [['previous', ['--previous']] as const, ['current', []] as const]
    : [['current', []] as const];
  return await Promise.all(
    runs.map(async ([run, flags]) => ({
      title: `last lines of ${pod}/${container}, ${run} run`,
      lines: await lastLines(kubectl, ['logs', pod, '--container', container, `--tail=${LOG_LINES}`, ...flags]),
    })),
  );
}

async function lastLines(kubectl: Kubectl, args: readonly string[]): Promise<readonly string[]> {
  try {
    const { code, out, err } = await kubectl.until(AbortSignal.timeout(LOG_TIMEOUT_MS)).run(args);
    return (code === 0 ? out : `(no log: ${err.trim()})`).split('\n').filter((line) => line !== '');
  } catch (error) {
    return [`(no log: ${error instanceof Error ? error.message : String(error)})`];
  }
}
