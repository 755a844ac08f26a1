/** The list of required Secrets as a construct: a ConfigMap that tools and the pre-flight read. */
import { assertProps, mapOf, oneWord, type PropShapes } from '#prop-shapes';
import { App, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { manifestSet, REQUIRED_SECRETS_KEY, REQUIRED_SECRETS_LABEL, requiredSecretsOf } from '#manifests';
import type { ListsByText, RequiredSecret, SecretOrigins } from '#manifests';
import { yamlText } from '#synth';
import { kubeObject } from './object/kube-objects.ts';
import { CONSTRUCTS } from './object/object-shapes.ts';
import { apiObjectsOf, renderedManifests } from './object/rendered-manifests.ts';

/** Props of {@link RequiredSecrets}. */
export interface RequiredSecretsProps {
  /**
   * Name of the ConfigMap.
   * @default 'required-secrets'
   */
  readonly name?: string;
  /**
   * Constructs (charts, apps) whose objects are searched.
   * @default - the app that contains this construct
   */
  readonly of?: readonly IConstruct[];
  /**
   * Origins of keys that are not random passwords.
   * @default {}
   */
  readonly origins?: SecretOrigins;
}

/** A ConfigMap that lists every Secret that the app reads: names, keys and readers, but no values. */
export class RequiredSecrets extends Construct {
  /** Name of the ConfigMap. */
  readonly name: string;
  private readonly of: readonly IConstruct[];
  private readonly origins: SecretOrigins;
  private written: { readonly text: string; readonly list: readonly RequiredSecret[] } | undefined;

  constructor(scope: Construct, id: string, props: RequiredSecretsProps = {}) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'RequiredSecrets');
    this.name = props.name ?? 'required-secrets';
    this.of = props.of ?? [App.of(this)];
    this.origins = props.origins ?? {};
    kubeObject('ConfigMap', this, 'config-map', {
      metadata: { name: this.name, labels: { [REQUIRED_SECRETS_LABEL]: 'true' } },
      data: Lazy.any({ produce: () => ({ [REQUIRED_SECRETS_KEY]: this.yaml() }) }) as Record<string, string>,
    });
  }

  private yaml(): string {
    const list = this.list();
    const text = yamlText([list]);
    this.written = { text, list };
    return text;
  }

  /** The texts that these constructs rendered last, for the checks of the same app: parsing one takes a tenth of a synthesis. */
  static writtenBelow(scopes: readonly IConstruct[]): ListsByText {
    const constructs = scopes.flatMap((scope) => scope.node.findAll());
    const written = constructs.flatMap((construct) =>
      construct instanceof RequiredSecrets && construct.written !== undefined ? [construct.written] : [],
    );
    return new Map(written.map(({ text, list }) => [text, list]));
  }

  /** The list as it is now; complete once every construct exists. */
  list(): readonly RequiredSecret[] {
    const objects = apiObjectsOf(this.of).filter((object) => READERS.has(object.kind));
    return requiredSecretsOf(manifestSet(renderedManifests(objects)), this.origins);
  }
}

/**
 * Kinds that read Secrets. Other objects are not rendered, so that this list and the rights of the deployer do not
 * depend on each other.
 */
const READERS: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'ServiceAccount',
  'Ingress',
  'Gateway',
]);

const SHAPES = {
  name: 'text',
  of: CONSTRUCTS,
  origins: mapOf(mapOf(oneWord('password', 'ed25519-private-key', 'ed25519-public-key', 'given'))),
} as const satisfies PropShapes<RequiredSecretsProps>;
