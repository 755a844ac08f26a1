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
  'env-late': rule('error', 'always', 'a $(NAME) references a variable further down, so it is not expanded'),
  'env-stale': rule(
    'warning',
    'always',
    'a $(NAME) reads the value of envFrom, because env redefines it only further down',
  ),
  'env-unknown': rule('error', 'always', 'a $(NAME) references an undefined variable'),
  'env-self-reference': rule('error', 'always', 'a variable references itself and has no earlier value'),
  'env-cycle': rule('error', 'always', 'variables reference each other in a cycle'),
  'env-duplicate': rule('error', 'always', 'a variable occurs more than once in a list'),
  'env-service-link': rule('warning', 'always', 'a $(NAME) could come only from a service link'),
  'env-optional-reference': rule('warning', 'always', 'a $(NAME) references a variable that may be undefined'),
  'env-escape': rule('warning', 'always', 'a $$ in a value becomes a single $'),
  'env-credential': rule('warning', 'always', 'a literal looks like a credential'),
  'env-name': rule('error', 'always', 'invalid variable name'),
  'env-value-type': rule('error', 'always', 'a value is a number or a boolean instead of a string'),
  'env-value-and-source': rule('error', 'always', 'an entry has both value and valueFrom'),
  'argument-unknown': rule('error', 'always', 'a $(NAME) in command or args references an undefined variable'),
  'probe-environment': rule('error', 'always', 'a $(NAME) in a probe command does not receive the final value'),
  'hook-environment': rule('error', 'always', 'a $(NAME) in a lifecycle command is not expanded'),
  'text-not-expanded': rule('warning', 'always', 'a $(NAME) comes from envFrom or valueFrom, so it is not expanded'),
  'yaml-key-twice': rule('error', 'always', 'a mapping has a key twice'),
  'sub-path-unknown': rule('error', 'always', 'a $(NAME) in subPathExpr references an undefined variable'),
} as const satisfies Record<string, Rule>;

/** Rules of the checks; no lint is given declarations or nodes, which two of them judge. */
export type SetRule = Exclude<CheckRule, 'declaration-unconnected' | 'node-room'>;

const SET = {
  'object-duplicate': rule('warning', 'always', 'an object is defined twice'),
  'object-name': rule('error', 'complete', 'invalid object name'),
  'object-name-length': rule('error', 'always', 'a name is too long for its kind'),
  'object-scope': rule('warning', 'enabled', 'a cluster-scoped object has a namespace'),
  'label-value': rule('error', 'always', 'invalid label value'),
  'pod-name': rule('error', 'always', 'invalid container or volume name'),
  'pod-name-twice': rule('error', 'always', 'two containers or two volumes of a pod have the same name'),
  'port-name': rule('error', 'always', 'invalid port name'),
  'secret-data': rule('warning', 'enabled', 'the manifests contain a Secret with values'),
  'workload-selector': rule('error', 'always', 'a selector does not match the labels of its own pods'),
  'workload-selector-shared': rule('error', 'always', 'two workloads select the same pods'),
  'service-selects-nothing': rule('error', 'complete', 'a Service selects no pod'),
  'service-target-port': rule('error', 'always', 'a Service targets a named port that its pods do not have'),
  'stateful-set-service': rule(
    'error',
    'complete',
    'the governing Service of a StatefulSet is missing or does not match',
  ),
  'probe-port': rule('error', 'always', 'a probe or hook uses a named port that the container does not have'),
  'mount-without-volume': rule('error', 'always', 'a container mounts a volume that the pod does not have'),
  'mount-path-twice': rule('error', 'always', 'a container mounts two volumes at the same path'),
  'volume-unused': rule('warning', 'enabled', 'a volume is not mounted by any container'),
  'read-only-root': rule('warning', 'enabled', 'a program writes to a read-only root file system'),
  'pod-security': rule('warning', 'enabled', 'PodSecurity restricted would reject a pod'),
  'strategy-conflict': rule('error', 'always', 'a Recreate strategy has rollingUpdate'),
  'rollout-stuck': rule('error', 'always', 'maxUnavailable and maxSurge are both 0'),
  'progress-deadline': rule('warning', 'always', 'the progress deadline is shorter than the startup probe allows'),
  'grace-short': rule('warning', 'always', 'preStop sleeps for the whole termination grace period'),
  'grace-zero': rule('warning', 'enabled', 'the termination grace period of a pod is 0'),
  'claim-missing': rule('error', 'complete', 'a mounted claim does not exist'),
  'claim-shared': rule('warning', 'always', 'several replicas share a ReadWriteOnce claim'),
  'claim-rolling-update': rule('warning', 'enabled', 'a rolling update needs an exclusive claim twice'),
  'config-map-missing': rule('error', 'complete', 'a referenced ConfigMap does not exist'),
  'config-map-key': rule('error', 'always', 'a referenced key does not exist in its ConfigMap'),
  'secret-missing': rule('error', 'complete', 'a referenced Secret is not in the list of required Secrets'),
  'secret-key': rule(
    'error',
    'complete',
    'a referenced key is not in what creates its Secret, or not in the list of required Secrets',
  ),
  'service-account-missing': rule('error', 'complete', 'a referenced ServiceAccount does not exist'),
  'role-missing': rule('error', 'complete', 'a RoleBinding references a Role that does not exist'),
  'host-unknown': rule('error', 'complete', 'a URL names a Service that does not exist'),
  'port-unknown': rule('error', 'complete', 'a URL names a port that its Service does not have'),
  'hpa-target': rule('error', 'complete', 'an autoscaler targets a workload that does not exist'),
  'hpa-range': rule('error', 'always', 'minReplicas of an autoscaler exceeds maxReplicas'),
  'hpa-replicas': rule('warning', 'always', 'a workload with an autoscaler sets replicas'),
  'pdb-selects-nothing': rule('error', 'complete', 'a disruption budget selects no pod'),
  'pdb-single-replica': rule('warning', 'enabled', 'a disruption budget applies to a single replica'),
  'pdb-blocks': rule('warning', 'always', 'a disruption budget never allows an eviction'),
  'network-policy-egress': rule('error', 'complete', 'no egress rule allows a connection'),
  'network-policy-ingress': rule('error', 'complete', 'no ingress rule allows a connection'),
  'network-policy-dns': rule('error', 'complete', 'no egress rule allows DNS'),
  'network-policy-edge': rule('error', 'complete', 'no ingress rule allows traffic from the edge'),
  'edge-service': rule('error', 'complete', 'an Ingress or HTTPRoute references a Service that does not exist'),
  'edge-port': rule('error', 'always', 'an Ingress or HTTPRoute references a port that its Service does not have'),
  'edge-class': rule('warning', 'enabled', 'an Ingress has no class'),
  'claim-permissions': rule('warning', 'complete', 'a non-root program writes to a claim without fsGroup'),
  'cron-schedule': rule('error', 'always', 'invalid schedule'),
  'edge-old-field': rule('error', 'always', 'a networking.k8s.io/v1 Ingress has fields of the beta API'),
  'env-from-source': rule('error', 'always', 'an entry of env or envFrom has no source, or several'),
  'field-ref': rule('error', 'always', 'a variable reads a field that the downward API does not have'),
  'field-type': rule('error', 'always', 'a field has the wrong type'),
  'field-missing': rule('error', 'complete', 'a required field is missing'),
  'field-unknown': rule('error', 'always', 'Kubernetes has no such field'),
  'field-value': rule('error', 'always', 'a field has a value that the API server rejects'),
  'database-unknown': rule('error', 'complete', 'a URL names a database that its PostgreSQL does not create'),
  'hpa-twice': rule('warning', 'always', 'two autoscalers scale the same workload'),
  'image-reference': rule('error', 'always', 'invalid image reference'),
  'label-key': rule('error', 'always', 'invalid key of a label or an annotation'),
  'microservice-rules': rule('error', 'always', 'a workload of this library no longer keeps its rules'),
  'nats-user': rule('error', 'complete', 'a client logs in as a user that the NATS server does not have'),
  'network-policy-cidr': rule('error', 'always', 'invalid address range'),
  'network-policy-selects-nothing': rule('warning', 'complete', 'a NetworkPolicy selects no pod'),
  'network-policy-types': rule('warning', 'always', 'rules of a direction that policyTypes does not list'),
  'pdb-both': rule('error', 'always', 'a disruption budget has both minAvailable and maxUnavailable'),
  'pdb-twice': rule('error', 'complete', 'two disruption budgets select the same pods'),
  'port-twice': rule('error', 'always', 'two ports of a Service have the same number'),
  'temporary-folder': rule('warning', 'enabled', 'a read-only root file system has no writable /tmp'),
  'image-tag': rule('warning', 'enabled', 'an image has no tag, or the tag latest'),
  'memory-limit': rule('warning', 'enabled', 'a container has no memory limit'),
  'nats-config': rule('error', 'always', 'the configuration of a NATS server cannot be parsed'),
  'nats-inbox': rule('warning', 'always', 'a NATS user cannot receive replies'),
  'nats-lame-duck': rule('warning', 'always', 'a NATS server is killed before its lame duck mode ends'),
  'network-policy-dns-tcp': rule('warning', 'complete', 'no egress rule allows DNS over TCP'),
  'network-policy-open': rule('warning', 'complete', 'a policy that allows everything defeats a default deny'),
  'network-policy-outside': rule('warning', 'complete', 'no egress rule allows a connection out of the cluster'),
  'port-name-twice': rule('error', 'always', 'two ports have the same name, or one of several has no name'),
  'postgres-mount': rule('warning', 'always', 'PostgreSQL cannot use a claim at this mount path'),
  quantity: rule('error', 'always', 'invalid quantity'),
  'readiness-probe': rule('warning', 'enabled', 'a container behind a Service has no readiness probe of its own'),
  'resources-range': rule('error', 'always', 'a request exceeds its limit'),
  'resources-unlikely': rule('warning', 'always', 'an implausible request or limit'),
  'restart-policy': rule('error', 'always', 'invalid restart policy for this kind of workload'),
  'selector-form': rule('error', 'always', 'a selector has the form of a different kind'),
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
