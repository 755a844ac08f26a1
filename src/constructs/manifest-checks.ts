import { declarations } from './store/declaration-shapes.ts';
import { assertProps, group, listOf, oneWord, required, type PropShapes, whole } from '#prop-shapes';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { formatFault } from '#env';
import type { CheckOptions, KnownSecret, ManifestFault, NodeRoom } from '#manifests';
import { manifestFaults, POLICY_RULES } from '#manifests';
import { collectFaults, hasNotedFaults } from './object/collected-faults.ts';
import { CONSTRUCTS, QUANTITY } from './object/object-shapes.ts';
import { apiObjectsOf, renderedManifests } from './object/rendered-manifests.ts';
import { isSilencedAbove } from './object/silenced-rules.ts';
import { RequiredSecrets } from './required-secrets.ts';

/** Props of {@link ManifestChecks}. */
export interface ManifestChecksProps extends CheckOptions {
  /**
   * Constructs (charts, apps) whose objects are checked as one set.
   * @default - the app that contains this construct
   */
  readonly of?: readonly IConstruct[];
}

/**
 * Makes synthesis fail if a reference between objects does not resolve: Services and ports, probes, claims, ConfigMaps,
 * Secrets, hosts in URLs, network policies at both ends, PodSecurity. It creates no object. All faults are reported at
 * once, each with the path of its construct. Services that are created after it do not throw the faults of their props:
 * synthesis fails with those of all.
 */
export class ManifestChecks extends Construct {
  private readonly props: ManifestChecksProps;

  constructor(scope: Construct, id: string, props: ManifestChecksProps = {}) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'ManifestChecks');
    this.props = props;
    for (const checked of props.of ?? [App.of(this)]) collectFaults(checked);
    // what was not rendered would be missing everywhere
    this.node.addValidation({ validate: () => (hasNotedFaults(this) ? [] : this.faults().map(formatFault)) });
  }

  /** The faults as they are now; complete once every construct exists. */
  faults(): readonly ManifestFault[] {
    const scopes = this.props.of ?? [App.of(this)];
    const objects = apiObjectsOf(scopes);
    return manifestFaults(renderedManifests(objects), this.props, RequiredSecrets.writtenBelow(scopes)).filter(
      ({ object: index, rule }) => {
        const object = objects[index];
        return object === undefined || !isSilencedAbove(object, rule);
      },
    );
  }
}

/** Adds {@link ManifestChecks} to an app or chart, for the objects below it. */
export function addManifestChecks(scope: Construct, options: CheckOptions = {}): ManifestChecks {
  return new ManifestChecks(scope, 'manifest-checks', { of: [scope], ...options });
}

const SHAPES = {
  of: CONSTRUCTS,
  defaultNamespace: 'text',
  secrets: listOf(group<KnownSecret>({ name: 'name!', namespace: 'text', keys: 'texts' })),
  existing: 'texts',
  declarations: declarations(),
  nodes: group<NodeRoom>({ count: whole(1), cpu: required(QUANTITY), memory: required(QUANTITY) }),
  ignore: 'texts',
  enable: listOf(oneWord(...POLICY_RULES), 'a list of rules', `write ['${POLICY_RULES[0] ?? ''}']`),
} as const satisfies PropShapes<ManifestChecksProps>;
