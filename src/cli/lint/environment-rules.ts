/** What is wrong with the `env` of one container. */
import { envFaults, envOrder, looksLikeCredential, orderFaults, scan } from '#env';
import type { EnvFault, EnvFrom, EnvRule } from '#env';
import { hasUnknownSource, type LintedContainer } from './containers.ts';
import type { Remark } from './finding.ts';
import { isMeantForKubelet, isNoCredential } from './known-names.ts';

/** What is known around a container. */
export interface Surroundings {
  readonly envFrom: readonly EnvFrom[];
  /** Names of the Services of the namespace. */
  readonly services: readonly string[];
  /** Whether variables of Services are given to the pod. */
  readonly serviceLinks: boolean;
  /** Whether the manifest is an input of kustomize, which may still add names. */
  readonly unfinished: boolean;
}

/** Every fault of a container's environment. */
export function environmentRemarks(container: LintedContainer, around: Surroundings): readonly Remark[] {
  const { entries } = container;
  const context = { envFrom: around.envFrom, services: around.services };
  const inherited = new Set(around.envFrom.flatMap(({ keys = [], prefix = '' }) => keys.map((key) => prefix + key)));
  const circles = new Set(
    envOrder(entries)
      .cycles.filter((cycle) => !cycle.some((name) => inherited.has(name)))
      .flat(),
  );
  const late = orderFaults(entries, context).filter((fault) => !circles.has(variableOf(fault)));
  const faults = [...envFaults(entries, context), ...late];
  if (faults.length === 0) return entries.flatMap((entry) => entryRemarks(container, entry));
  const names = new Names(container, inherited);
  return [
    ...faults.flatMap((fault) => {
      const variable = variableOf(fault);
      const name = /\$\(([^)]*)\)/.exec(fault.message)?.[1] ?? '';
      return remarkOf(container, around, names, { rule: fault.rule, variable, name, message: fault.message });
    }),
    ...entries.flatMap((entry) => entryRemarks(container, entry)),
  ];
}

const DEPENDENT: readonly string[] = [
  'env-unknown',
  'env-service-link',
  'env-stale',
  'env-optional-reference',
  'env-self-reference',
];

/** Whether a remark may change once the whole set is known. */
export function dependsOnSet({ rule }: Remark, container: LintedContainer): boolean {
  return (
    DEPENDENT.includes(rule) || ((rule === 'env-late' || rule === 'env-cycle') && container.at.at('envFrom').exists)
  );
}

/** The names of a container, looked up for each of its faults, of which there may be thousands. */
class Names {
  private readonly container: LintedContainer;
  private readonly places = new Map<string, Entry[]>();
  private readonly spelt: ReadonlySet<string>;

  constructor(container: LintedContainer, inherited: ReadonlySet<string>) {
    this.container = container;
    for (const entry of container.entries) {
      const same = this.places.get(entry.name);
      if (same === undefined) this.places.set(entry.name, [entry]);
      else same.push(entry);
    }
    this.spelt = new Set([...this.places.keys(), ...inherited].map((name) => name.toLowerCase()));
  }

  /** Whether a variable of the list or of envFrom has the same name in other capitals. */
  isSpeltOtherwise(name: string): boolean {
    return this.spelt.has(name.toLowerCase());
  }

  /** The value of a variable that names another, else the entry itself; of duplicates the last. */
  pointerOf(variable: string, named: string): string {
    const same = this.places.get(variable) ?? [];
    const entry = same.find((it) => named !== '' && (it.value ?? '').includes(`$(${named})`)) ?? same.at(-1);
    if (entry === undefined) return this.container.at.at('env').pointer;
    return (entry.value ?? '').includes('$(') ? entry.at.at('value').pointer : entry.at.pointer;
  }
}

/** A fault in the list of variables. */
interface ListFault {
  readonly rule: EnvRule;
  /** The variable that has it, and the name that it mentions. */
  readonly variable: string;
  readonly name: string;
  readonly message: string;
}

function remarkOf(
  container: LintedContainer,
  around: Surroundings,
  names: Names,
  { rule, variable, name, message }: ListFault,
): Remark[] {
  // what an unknown source of envFrom may give is not judged; credentials are, entry by entry
  if (rule === 'env-undeclared-key' || rule === 'env-credential') return [];
  const of = (id: typeof rule, text: string): Remark[] => [
    { rule: id, container: container.name, message: text, pointer: names.pointerOf(variable, name) },
  ];
  const open = around.unfinished || hasUnknownSource(container, around.envFrom);
  switch (rule) {
    case 'env-unknown':
      return open || !(isMeantForKubelet(name) || names.isSpeltOtherwise(name)) ? [] : of(rule, message);
    case 'env-cycle':
      // a value that envFrom gives is where the kubelet enters the circle
      return hasUnknownSource(container, around.envFrom) || around.envFrom.some(({ keys }) => keys === undefined)
        ? []
        : of(rule, message);
    case 'env-self-reference':
      return open ? [] : of(rule, selfMessage(variable));
    case 'env-service-link':
      if (open) return [];
      return around.serviceLinks ? of(rule, message) : of('env-unknown', noLinkMessage(name));
    case 'env-duplicate':
      return of(rule, `${message}; a client-side apply that removes the first would delete both`);
    default:
      return of(rule, message);
  }
}

function variableOf({ place }: EnvFault): string {
  return place.replace(/^env /, '');
}

function selfMessage(name: string): string {
  return `$(${name}) references itself, but ${name} has no earlier value (the ENV of the image is not visible), so it is not expanded: write the value out, or build the text in the command`;
}

function noLinkMessage(name: string): string {
  return `$(${name}) could come only from a service link, but enableServiceLinks is false: use the host name and port of the Service`;
}

type Entry = LintedContainer['entries'][number];

function entryRemarks(container: LintedContainer, entry: Entry): Remark[] {
  const { name, at } = entry;
  const value = at.at('value');
  const of = (rule: Remark['rule'], message: string, pointer = value.pointer): Remark => ({
    rule,
    container: container.name,
    message,
    pointer,
  });
  const remarks: Remark[] = [];
  if (value.exists && value.text === undefined && !isTemplate(value.value)) {
    const type = typeof value.value === 'object' ? 'no text' : `a ${typeof value.value}`;
    const text = `the value of ${name} is ${type}, must be a string: quote it`;
    remarks.push(of('env-value-type', text));
  }
  if ((value.text ?? '') !== '' && at.at('valueFrom').exists) {
    remarks.push(
      of('env-value-and-source', `${name} has both value and valueFrom, which the API server refuses: remove one`),
    );
  }
  const reason = looksLikeCredential(name, value.text ?? '');
  if (reason !== undefined && !isNoCredential(name, value.text ?? '', container.mountedSecrets)) {
    const text = `${name} is a literal (not shown), and ${reason}: use a Secret with valueFrom.secretKeyRef, or reference the secret part of a longer text as $(OTHER)`;
    remarks.push(of('env-credential', text));
  }
  if (isEscapedByAccident(value.text ?? '')) {
    const text = `${name} contains $$, which the kubelet turns into a single $: write $$$$ for two, or use a Secret, whose values are not expanded`;
    remarks.push(of('env-escape', text));
  }
  return remarks;
}

/** `{{ .Values.name }}` that was not rendered reads as a map in a map. */
function isTemplate(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((it) => it === null);
}

/** `p$$w`: a pair within a word. `$$(NAME)`, `$$NAME` and `$${NAME}` are written by somebody who knows what `$$` does. */
function isEscapedByAccident(value: string): boolean {
  const tokens = scan(value);
  const escapes = tokens.filter((token) => token.kind === 'escape');
  const others = tokens.some((token) => token.kind === 'text' && token.text.includes('$'));
  if (escapes.length === 0 || (escapes.length > 1 && !others)) return false;
  return tokens.some((token, index) => {
    if (token.kind !== 'escape') return false;
    const next = tokens[index + 1];
    return !(next?.kind === 'text' && /^[({A-Za-z_]/.test(next.text)) || endsInWord(tokens[index - 1]);
  });
}

function endsInWord(token: ReturnType<typeof scan>[number] | undefined): boolean {
  return token?.kind === 'text' && /[A-Za-z0-9]$/.test(token.text);
}
