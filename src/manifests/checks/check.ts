/**
 * A check reads a set of rendered objects and says what is wrong between them. Checks know nothing of constructs: the
 * same ones judge an app at synth and YAML files that somebody wrote by hand.
 */
import { nearestName } from '#nearest-name';
import type { EnvRule, Fault } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Cursor } from '../cursor.ts';
import type { CheckRule } from './check-rule.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet } from '../manifest-set.ts';
import type { ListsByText } from '../required-secret-list.ts';

/** A fault with the very place in the objects that were given. */
export interface ManifestFault extends Fault {
  /** Id of the rule. */
  readonly rule: CheckRule | EnvRule;
  /** Index of the object in the list that was checked. */
  readonly object: number;
  /** JSON pointer into that object. */
  readonly pointer: string;
}

/** The nodes that pods are scheduled on: what they offer to pods, without what DaemonSets and the system take. */
export interface NodeRoom {
  /** Nodes. @default 1 */
  readonly count?: number;
  /** CPU of one node, such as `2` or `1800m`. */
  readonly cpu: string;
  /** Memory of one node, such as `4Gi`. */
  readonly memory: string;
}

/** A Secret that is made elsewhere, with the keys that it will hold. */
export interface KnownSecret {
  /** Name of the Secret. */
  readonly name: string;
  /** @default - any namespace */
  readonly namespace?: string;
  /** @default - any key */
  readonly keys?: readonly string[];
}

/** What exists although no object in the set makes it. */
export interface CheckOptions {
  /**
   * Namespace of objects that name none.
   * @default ''
   */
  readonly defaultNamespace?: string;
  /**
   * Secrets that are made elsewhere; with it, every Secret that is read must be among them.
   * @default - those of a list of required secrets in the set, else any
   */
  readonly secrets?: readonly KnownSecret[];
  /**
   * Names of ConfigMaps, ServiceAccounts, claims and Services that are made elsewhere.
   * @default []
   */
  readonly existing?: readonly string[];
  /**
   * Declarations of services: what they publish, consume and store must have a way to its server.
   * @default []
   */
  readonly declarations?: readonly ServiceDeclaration[];
  /**
   * Nodes that the pods must fit on, also during an update.
   * @default - nodes of any size
   */
  readonly nodes?: NodeRoom;
  /**
   * Ids of rules that are not applied, such as `pod-security`.
   * @default []
   */
  readonly ignore?: readonly string[];
  /**
   * Ids of rules that are a matter of policy and are applied too: `image-tag`, `memory-limit`, `readiness-probe`,
   * `temporary-folder`.
   * @default []
   */
  readonly enable?: readonly string[];
}

/** What a check works on. */
export interface CheckInput {
  readonly set: ManifestSet;
  readonly options: CheckOptions;
  /** Lists of required Secrets that need not be parsed. */
  readonly lists: ListsByText;
}

/** One kind of check. */
export type Check = (input: CheckInput) => readonly ManifestFault[];

/** A fault at a place of an object. */
export function faultAt(
  object: ManifestObject,
  at: Cursor,
  rule: ManifestFault['rule'],
  message: string,
): ManifestFault {
  const name = kindAndName(object);
  const place = object.path === '' ? name : `${object.path} (${name})`;
  return { rule, place, message, object: object.index, pointer: at.pointer };
}

/** Whether an object is said to exist outside the set. */
export function isElsewhere({ options }: CheckInput, name: string): boolean {
  return options.existing?.includes(name) ?? false;
}

/** `did you mean x` with the nearest of some names, otherwise the existing names. */
export function nearest(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  if (near !== undefined) return `did you mean ${near}`;
  const sorted = [...new Set(names)].filter((it) => it !== '').sort();
  if (sorted.length === 0) return 'add it';
  return `use ${sorted.slice(0, NAMES_SHOWN).join(' or ')}${sorted.length > NAMES_SHOWN ? ' or …' : ''}`;
}

const NAMES_SHOWN = 8;

/** The way out where a namespace lacks an object: the one of the same name elsewhere, else the nearest of the namespace. */
export function nearestObject(set: ManifestSet, kind: string, namespace: string, name: string): string {
  const objects = set.ofKind(kind);
  const twin = objects.find((it) => it.name === name);
  if (twin === undefined)
    return nearest(
      name,
      objects.flatMap((it) => (it.namespace === namespace ? it.name : [])),
    );
  const there = twin.namespace === '' ? 'no namespace' : `the namespace ${twin.namespace}`;
  return `put both in one namespace, ${kind}/${name} is in ${there}`;
}
