/**
 * The rules of a microservice in CEL, as a ValidatingAdmissionPolicy needs them. They match microservice/rules.ts,
 * which checks at synth: the same port, the same limits, the same list of what credentials look like.
 */
import { LITERAL_CREDENTIAL } from './credentials.ts';
import { SERVICE_PORT } from '../microservice/container.ts';

/** A rule of a policy: what must hold, and the words when it does not. */
export interface AdmissionRule {
  readonly expression: string;
  readonly messageExpression: string;
  readonly reason: 'Invalid';
}

/** A named expression that the rules use. */
export interface AdmissionVariable {
  readonly name: string;
  readonly expression: string;
}

/**
 * What the kubelet reads as one piece: an escape, or a live reference. Taken from left to right, so `$$(X)` is an escape
 * and two characters of text, and `$$$(X)` an escape and a reference.
 */
const PIECE = String.raw`r'\$\$|\$\([^)]*\)'`;
/** A variable as others write it. */
const named = (variable: string): string => `'$(' + ${variable}.name + ')'`;
/**
 * Whether a variable references `r` before `r` has a value. A name that stands nowhere in the list has index -1, and so
 * has an escape: neither is late. A reference to itself is late unless `envFrom` may have set the name before.
 */
const IS_LATE = `(names.indexOf(r) > names.lastIndexOf(${named('e')}) || (r == ${named('e')} && names.indexOf(r) == names.lastIndexOf(r) && !has(c.envFrom)))`;
const list = (items: string): string => `${items}.map(it, it.join(', ')).filter(it, it != '').join(', ')`;

/** Each is a list with one item per container: the list of its faults. */
export const ADMISSION_VARIABLES: readonly AdmissionVariable[] = [
  {
    name: 'pod',
    expression: "object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec",
  },
  {
    name: 'containers',
    expression: 'variables.pod.containers + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])',
  },
  {
    name: 'withoutLimit',
    expression: `variables.containers.map(c, ['cpu', 'memory'].filter(figure, !has(c.resources) || !has(c.resources.limits) || !(figure in c.resources.limits)).map(figure, c.name + ' has no limit for ' + figure))`,
  },
  {
    name: 'late',
    expression: `variables.containers.filter(c, has(c.env)).map(c, [c.env.map(e, ${named('e')})].map(names, c.env.filter(e, has(e.value) && e.value.findAll(${PIECE}).exists(r, ${IS_LATE})).map(e, c.name + ': ' + e.name + ' references ' + e.value.findAll(${PIECE}).filter(r, ${IS_LATE}).join(' ')))[0])`,
  },
  {
    name: 'credentials',
    expression: `variables.containers.filter(c, has(c.env)).map(c, c.env.filter(e, has(e.value) && (${LITERAL_CREDENTIAL})).map(e, c.name + ': ' + e.name))`,
  },
];

/** The rules that hold for every workload. */
export const ADMISSION_RULES: readonly AdmissionRule[] = [
  rule(
    'withoutLimit',
    `${list('variables.withoutLimit')} + ', but every container needs limits for cpu and memory: set resources.limits'`,
  ),
  rule(
    'late',
    `${list('variables.late')} + ', which has no value before it in env and is therefore not expanded: define it first'`,
  ),
  rule(
    'credentials',
    `${list('variables.credentials')} + ' is a literal (not shown) that looks like a credential: use secretKeyRef'`,
  ),
];

/** The port rule: the container with the name of its Deployment must listen on it, except for Deployments without a port. */
export function portRule(
  otherPorts: Readonly<Record<string, number>>,
  portless: readonly string[] = [],
): AdmissionRule {
  const others = Object.entries(otherPorts).sort(([a], [b]) => (a < b ? -1 : 1));
  const map = `{${others.map(([name, port]) => `'${name}': ${port}`).join(', ')}}`;
  const port =
    others.length === 0
      ? String(SERVICE_PORT)
      : `(object.metadata.name in ${map} ? ${map}[object.metadata.name] : ${SERVICE_PORT})`;
  const names = [...portless].sort().map((name) => `'${name}'`);
  const exempt = names.length === 0 ? '' : `object.metadata.name in [${names.join(', ')}] || `;
  return {
    expression: `object.kind != 'Deployment' || ${exempt}variables.pod.containers.exists(c, c.name == object.metadata.name && has(c.ports) && c.ports.exists(p, p.containerPort == ${port}))`,
    messageExpression: `'no container ' + object.metadata.name + ' with port ' + string(${port}) + ': a service listens on this port, in the container with the name of its Deployment'`,
    reason: 'Invalid',
  };
}

function rule(variable: string, messageExpression: string): AdmissionRule {
  return {
    expression: `variables.${variable}.all(it, it.size() == 0)`,
    messageExpression,
    reason: 'Invalid',
  };
}
