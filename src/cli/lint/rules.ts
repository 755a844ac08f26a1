/** THE table of rules: what `lint` can say, how grave it is, and when it is asked. docs/cli/rules/ has a page for each. */
import type { EnvRule } from '#env';
import type { CheckRule } from '#manifests';

/** How grave a finding is: an error does not work, a warning works until something else changes. */
export type Severity = 'error' | 'warning';

/**
 * When a rule is applied: always; only with `--complete`, as it judges that something is absent from the set; or only
 * when it is named by `--enable`, as it is a matter of policy.
 */
export type Applied = 'always' | 'complete' | 'enabled';

/** A rule of the lint. */
export interface Rule {
  readonly severity: Severity;
  readonly applied: Applied;
  /** One line that says what is wrong. */
  readonly summary: string;
}

const rule = (severity: Severity, applied: Applied, summary: string): Rule => ({ severity, applied, summary });

const ENVIRONMENT = {
  'env-late': rule(
    'error',
    'always',
    'a $(NAME) stands before the variable that it names, so it stays as it is written',
  ),
  'env-stale': rule(
    'warning',
    'always',
    'a $(NAME) reads the value of envFrom, because env redefines it only further down',
  ),
  'env-unknown': rule('error', 'always', 'a $(NAME) names a variable that nothing defines'),
  'env-self-reference': rule('error', 'always', 'a variable names itself and has no earlier value'),
  'env-cycle': rule('error', 'always', 'variables name each other in a circle'),
  'env-duplicate': rule('error', 'always', 'a name stands in one list more than once'),
  'env-service-link': rule('warning', 'always', 'a $(NAME) could come only from the link to a Service'),
  'env-optional-reference': rule('warning', 'always', 'a $(NAME) names a variable that may be undefined'),
  'env-escape': rule('warning', 'always', 'a $$ in a value becomes a single $'),
  'env-credential': rule('warning', 'always', 'a literal looks like a credential'),
  'env-name': rule('error', 'always', 'invalid variable name'),
  'env-value-type': rule('error', 'always', 'a value is a number or a boolean where text is asked for'),
  'env-value-and-source': rule('error', 'always', 'an entry has both value and valueFrom'),
  'argument-unknown': rule('error', 'always', 'a $(NAME) in command or args names a variable that nothing defines'),
  'probe-environment': rule(
    'error',
    'always',
    'a $(NAME) in the command of a probe does not get the value of the variable',
  ),
  'hook-environment': rule('error', 'always', 'a $(NAME) in a lifecycle command is not expanded'),
  'text-not-expanded': rule('warning', 'always', 'a $(NAME) is in text that arrives by envFrom or valueFrom'),
  'yaml-key-twice': rule('error', 'always', 'a key is in one mapping twice'),
  'sub-path-unknown': rule('error', 'always', 'a $(NAME) in subPathExpr names a variable that nothing defines'),
} as const satisfies Record<string, Rule>;

/** Rules of the checks; no lint is given declarations, which one of them judges. */
export type SetRule = Exclude<CheckRule, 'declaration-unconnected'>;

const SET = {
  'object-duplicate': rule('warning', 'always', 'one object stands twice in the set'),
  'object-name': rule('error', 'complete', 'invalid object name'),
  'object-name-length': rule('error', 'always', 'a name is too long for its kind'),
  'object-scope': rule('warning', 'enabled', 'an object of the cluster names a namespace'),
  'label-value': rule('error', 'always', 'invalid label value'),
  'pod-name': rule('error', 'always', 'invalid container or volume name'),
  'pod-name-twice': rule('error', 'always', 'two containers or two volumes of a pod have one name'),
  'port-name': rule('error', 'always', 'invalid port name'),
  'secret-data': rule('warning', 'enabled', 'a Secret with values stands among the manifests'),
  'workload-selector': rule('error', 'always', 'a selector does not match the labels of its own pods'),
  'workload-selector-shared': rule('error', 'always', 'two workloads select the same pods'),
  'service-selects-nothing': rule('error', 'complete', 'a Service selects no pod'),
  'service-target-port': rule('error', 'always', 'a Service leads to a named port that its pods do not have'),
  'stateful-set-service': rule('error', 'complete', 'the governing Service of a StatefulSet does not fit'),
  'probe-port': rule('error', 'always', 'a probe or hook asks a named port that the container does not have'),
  'mount-without-volume': rule('error', 'always', 'a container mounts a volume that the pod does not have'),
  'mount-path-twice': rule('error', 'always', 'a container mounts two volumes at one path'),
  'volume-unused': rule('warning', 'enabled', 'a volume is mounted by no container'),
  'read-only-root': rule('warning', 'enabled', 'a program writes where its root cannot be written'),
  'pod-security': rule('warning', 'enabled', 'PodSecurity restricted would refuse a pod'),
  'strategy-conflict': rule('error', 'always', 'a Recreate strategy has rollingUpdate'),
  'rollout-stuck': rule('error', 'always', 'maxUnavailable and maxSurge are both 0'),
  'progress-deadline': rule('warning', 'always', 'a rollout counts as failed before the start-up probe gives up'),
  'grace-short': rule('warning', 'always', 'preStop sleeps as long as the pod has to stop'),
  'grace-zero': rule('warning', 'enabled', 'a pod is killed without time to stop'),
  'claim-missing': rule('error', 'complete', 'a claim is mounted that does not exist'),
  'claim-shared': rule('warning', 'always', 'several replicas share a claim for one node'),
  'claim-rolling-update': rule('warning', 'enabled', 'a rolling update needs a claim twice'),
  'config-map-missing': rule('error', 'complete', 'a ConfigMap is read that does not exist'),
  'config-map-key': rule('error', 'always', 'a key is read that its ConfigMap does not have'),
  'secret-missing': rule('error', 'complete', 'a Secret is read that is not listed'),
  'secret-key': rule('error', 'complete', 'a key of a Secret is read that is not listed'),
  'service-account-missing': rule('error', 'complete', 'a ServiceAccount is used that does not exist'),
  'role-missing': rule('error', 'complete', 'a RoleBinding names a Role that does not exist'),
  'host-unknown': rule('error', 'complete', 'a URL names a host that is no Service'),
  'port-unknown': rule('error', 'complete', 'a URL names a port that its Service does not have'),
  'hpa-target': rule('error', 'complete', 'an autoscaler names a workload that does not exist'),
  'hpa-range': rule('error', 'always', 'the minimum of an autoscaler is above its maximum'),
  'hpa-replicas': rule('warning', 'always', 'a workload with an autoscaler states replicas'),
  'pdb-selects-nothing': rule('error', 'complete', 'a disruption budget selects no pod'),
  'pdb-single-replica': rule('warning', 'enabled', 'a disruption budget guards a single replica'),
  'pdb-blocks': rule('warning', 'always', 'a disruption budget never lets a pod go'),
  'network-policy-egress': rule('error', 'complete', 'no egress rule lets a connection out'),
  'network-policy-ingress': rule('error', 'complete', 'no ingress rule lets a connection in'),
  'network-policy-dns': rule('error', 'complete', 'no egress rule lets a pod ask DNS'),
  'network-policy-edge': rule('error', 'complete', 'no ingress rule lets the edge in'),
  'edge-service': rule('error', 'complete', 'an Ingress or HTTPRoute leads to a Service that does not exist'),
  'edge-port': rule('error', 'always', 'an Ingress or HTTPRoute leads to a port that its Service does not have'),
  'edge-class': rule('warning', 'enabled', 'an Ingress names no class'),
  'claim-permissions': rule('warning', 'complete', 'a program that is not root writes to a claim without fsGroup'),
  'cron-schedule': rule('error', 'always', 'a schedule is invalid'),
  'edge-old-field': rule('error', 'always', 'an Ingress of networking.k8s.io/v1 has fields of the betas'),
  'env-from-source': rule('error', 'always', 'an entry of envFrom names no source'),
  'field-ref': rule('error', 'always', 'a variable reads a field that the downward API does not have'),
  'field-type': rule('error', 'always', 'a field holds another type than the server takes'),
  'field-unknown': rule('error', 'always', 'a field does not exist, and one of a similar name does'),
  'image-tag': rule('warning', 'enabled', 'an image has no tag, or the tag latest'),
  'memory-limit': rule('warning', 'enabled', 'a container has no limit of memory'),
  'nats-config': rule('error', 'always', 'the configuration of a NATS server cannot be read'),
  'nats-inbox': rule('warning', 'always', 'a NATS user cannot receive replies'),
  'nats-lame-duck': rule('warning', 'always', 'a NATS server is killed before its lame duck mode ends'),
  'network-policy-dns-tcp': rule('warning', 'complete', 'no egress rule lets a pod ask DNS over TCP'),
  'network-policy-open': rule('warning', 'complete', 'a policy that allows everything undoes a default deny'),
  'network-policy-outside': rule('warning', 'complete', 'no egress rule lets a connection out of the cluster'),
  'port-name-twice': rule('error', 'always', 'two ports share a name, or one of several has none'),
  'postgres-mount': rule('warning', 'always', 'PostgreSQL cannot use a claim where it is mounted'),
  quantity: rule('error', 'always', 'a quantity is invalid'),
  'readiness-probe': rule('warning', 'enabled', 'a container behind a Service has no readiness probe of its own'),
  'resources-range': rule('error', 'always', 'a request is above its limit'),
  'resources-unlikely': rule('warning', 'always', 'a request or limit is beyond any node'),
  'restart-policy': rule('error', 'always', 'a restart policy does not fit the workload'),
  'selector-form': rule('error', 'always', 'a selector is written in the form of another field'),
  'service-selects-two': rule('warning', 'complete', 'a Service selects the pods of two workloads'),
} as const satisfies Record<SetRule, Rule>;

/** Id of a rule. */
export type RuleId = keyof typeof ENVIRONMENT | SetRule;

/** The rules by id. */
export const RULES: Readonly<Record<RuleId, Rule>> = { ...ENVIRONMENT, ...SET };

/** Rules that the checks of the manifests zone apply to a whole set. */
export const SET_RULES = Object.keys(SET) as readonly SetRule[];

/** Whether a text is the id of a rule. */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(RULES, text);
}

/** Where the page of a rule is to be found. */
export function pageOf(id: RuleId): string {
  return `docs/cli/rules/${id}.md`;
}

/** Whether a rule is one of those that judge a whole set; those of `env` are judged container by container. */
export function isSetRule(rule: CheckRule | EnvRule): rule is SetRule {
  return Object.hasOwn(SET, rule);
}
