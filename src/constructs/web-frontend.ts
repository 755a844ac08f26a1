import { ApiObject } from 'cdk8s';
import { assertProps, listOf, mapOf, type PropShapes, valueShape, whole } from '#prop-shapes';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { Fault } from '#env';
import { intOrString, kubeObject, quantity } from './object/kube-objects.ts';
import { CONFIG_HASH_ANNOTATION, configHash } from './object/config-hash.ts';
import { resourceRequirements } from './object/container-resources.ts';
import type { ContainerResources } from './object/container-resources.ts';
import { ciliumPolicy, edgePeerOf, networkPeers } from './edge/edge.ts';
import type { EdgePeer } from './edge/edge.ts';
import { imageReferenceProblem } from './object/image-reference.ts';
import { restrictedContainer, restrictedPod } from './object/pod-security.ts';
import { resourceFaults } from './microservice/resources.ts';
import { PULL_SECRETS, RESOURCES } from './object/object-shapes.ts';
import { withDefaults } from './object/prop-defaults.ts';
import { EDGE_PEER } from './store/peer-shapes.ts';
import { storePolicy } from './store/policy.ts';
import {
  settingsScript,
  siteConfig,
  WEB_CONFIG_DIRECTORY,
  WEB_CONFIG_FILES,
  WEB_PORT,
} from './edge/web-server-config.ts';
import type { WebSetting } from './edge/web-server-config.ts';

/** Props of {@link WebFrontend}. */
export interface WebFrontendProps {
  /** Image with the built page and an unprivileged nginx that reads `/etc/nginx/conf.d`, by exact tag or digest. */
  readonly image: string;
  /**
   * Name of its objects and value of the label `app`.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Settings of the page in `/config.js`; public, so they must not contain secrets.
   * @default {}
   */
  readonly settings?: Readonly<Record<string, WebSetting>>;
  /**
   * Global variable in which `/config.js` stores the settings.
   * @default '__CONFIG__'
   */
  readonly settingsVariable?: string;
  /**
   * Content-Security-Policy of every response.
   * @default - only its own origin, images and media also as blob and data, no inline script
   */
  readonly contentSecurityPolicy?: string;
  /**
   * Folder of the built page inside the image.
   * @default '/usr/share/nginx/html'
   */
  readonly root?: string;
  /**
   * nginx configuration of the site, instead of the computed one.
   * @default - by `root` and `contentSecurityPolicy`, with the page for every path that is not a file
   */
  readonly siteConfig?: string;
  /**
   * Numeric user of the image.
   * @default 101
   */
  readonly uid?: number;
  /**
   * Number of pods; from 2, they are spread over nodes and have a PodDisruptionBudget.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * CPU and memory.
   * @default - requests 10m and 32Mi, limits 200m and 64Mi
   */
  readonly resources?: ContainerResources;
  /**
   * Secrets to pull the image with, as names or objects with one.
   * @default []
   */
  readonly imagePullSecrets?: readonly (string | { readonly name: string })[];
  /** Who may reach it: the edge. @default - the declared edge, else Traefik of k3s */
  readonly reachableFrom?: readonly EdgePeer[];
}

/**
 * The static web behind the gateway: Deployment, Service, ServiceAccount, NetworkPolicy and ConfigMap; one image for
 * all environments, because `/config.js` contains the differences. Throws a `DeclarationError` with every fault of its
 * props.
 */
export class WebFrontend extends Construct {
  /** Name of its objects. */
  readonly name: string;
  /** Port of its Service and of its container. */
  readonly port = WEB_PORT;

  constructor(scope: Construct, id: string, props: WebFrontendProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'WebFrontend');
    const settings = withDefaults(props, DEFAULTS);
    assertNoFaults(propFaults(settings, this.node.path));
    this.name = props.name ?? id;
    const files = {
      [WEB_CONFIG_FILES.site]: props.siteConfig ?? siteConfig(settings),
      [WEB_CONFIG_FILES.script]: settingsScript(settings.settingsVariable, settings.settings),
    };
    this.renderIdentity(files, props.reachableFrom ?? [edgePeerOf(this)]);
    this.renderDeployment(settings, configHash(files));
    if (settings.replicas > 1) this.renderDisruptionBudget();
  }

  private renderIdentity(files: Record<string, string>, reachableFrom: readonly EdgePeer[]): void {
    const { name } = this;
    kubeObject('ServiceAccount', this, 'service-account', {
      metadata: this.metadata(),
      automountServiceAccountToken: false,
    });
    kubeObject('ConfigMap', this, 'config', { metadata: this.metadata(`${name}-config`), data: files });
    kubeObject('Service', this, 'service', {
      metadata: this.metadata(),
      spec: {
        selector: { app: name },
        ports: [{ name: 'http', port: WEB_PORT, targetPort: intOrString('http'), appProtocol: 'http' }],
      },
    });
    const from = networkPeers(reachableFrom);
    storePolicy(this, 'policy', { name, entries: [{ port: WEB_PORT, from }] });
    if (from.length === reachableFrom.length) return;
    const { apiVersion, kind, ...manifest } = ciliumPolicy(name, [WEB_PORT]);
    new ApiObject(this, 'cilium-policy', { apiVersion, kind, ...manifest });
  }

  private renderDeployment(settings: WebSettings, hash: string): void {
    const { name } = this;
    const pullSecrets = settings.imagePullSecrets.map((secret) =>
      typeof secret === 'string' ? { name: secret } : { name: secret.name },
    );
    kubeObject('Deployment', this, 'deployment', {
      metadata: this.metadata(),
      spec: {
        replicas: settings.replicas,
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 120,
        selector: { matchLabels: { app: name } },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: intOrString(0), maxSurge: intOrString(1) },
        },
        template: {
          metadata: { labels: { app: name }, annotations: { [CONFIG_HASH_ANNOTATION]: hash } },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets }),
            terminationGracePeriodSeconds: DRAIN_SECONDS + 15,
            securityContext: restrictedPod({ uid: settings.uid }),
            ...(settings.replicas > 1 ? { topologySpreadConstraints: [spread(name)] } : {}),
            containers: [container(name, settings)],
            volumes: [
              { name: 'config', configMap: { name: `${name}-config` } },
              { name: 'tmp', emptyDir: { sizeLimit: quantity('32Mi') } },
            ],
          },
        },
      },
    });
  }

  private renderDisruptionBudget(): void {
    kubeObject('PodDisruptionBudget', this, 'disruption-budget', {
      metadata: this.metadata(),
      spec: { maxUnavailable: intOrString(1), selector: { matchLabels: { app: this.name } } },
    });
  }

  private metadata(name = this.name): k8s.ObjectMeta {
    return { name, labels: { app: this.name } };
  }
}

/** Seconds that a pod which is to stop goes on answering, until every proxy has heard of it. */
const DRAIN_SECONDS = 5;

const DEFAULTS = {
  settings: {} as Readonly<Record<string, WebSetting>>,
  settingsVariable: '__CONFIG__',
  contentSecurityPolicy: [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  root: '/usr/share/nginx/html',
  uid: 101,
  replicas: 1,
  resources: {
    requests: { cpu: '10m', memory: '32Mi' },
    limits: { cpu: '200m', memory: '64Mi' },
  } as ContainerResources,
  imagePullSecrets: [] as readonly (string | { readonly name: string })[],
};

type WebSettings = ReturnType<typeof withDefaults<WebFrontendProps, typeof DEFAULTS>>;

function propFaults(settings: WebSettings, place: string): Fault[] {
  const faults: Fault[] = [...resourceFaults(settings.resources, place)];
  const image = imageReferenceProblem(settings.image);
  if (image !== undefined) faults.push({ rule: 'image-reference', place, message: image });
  if (!Number.isInteger(settings.replicas) || settings.replicas < 1) {
    const message = `replicas is ${settings.replicas}, must be a positive integer: set it to 1 or more`;
    faults.push({ rule: 'web-replicas', place, message });
  }
  if (!/^[A-Za-z_$][\w$]*$/.test(settings.settingsVariable)) {
    const message = `settingsVariable is ${JSON.stringify(settings.settingsVariable)}, it must be a JavaScript identifier: write it like __CONFIG__`;
    faults.push({ rule: 'web-settings-variable', place, message });
  }
  if (/["\n]/.test(settings.contentSecurityPolicy)) {
    const message =
      'contentSecurityPolicy contains a double quote or a line break, which would end the header early: remove it';
    faults.push({ rule: 'web-csp', place, message });
  }
  return faults;
}

function container(name: string, settings: WebSettings): k8s.Container {
  const probe = { httpGet: { path: '/livez', port: intOrString('http') }, timeoutSeconds: 2 };
  return {
    name,
    image: settings.image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: WEB_PORT }],
    resources: resourceRequirements(settings.resources),
    securityContext: restrictedContainer(),
    startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { ...probe, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: ['sleep', String(DRAIN_SECONDS)] } } },
    volumeMounts: [
      { name: 'config', mountPath: WEB_CONFIG_DIRECTORY, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

function spread(name: string): k8s.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: name } },
  };
}

const SETTING = valueShape({
  words: 'a string, a number, true, false or null',
  holds: (value) => value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value),
  wayOut: () => 'write it as JSON in a string',
});
const SHAPES = {
  image: 'text!',
  name: 'text',
  settings: mapOf(SETTING),
  settingsVariable: 'text',
  contentSecurityPolicy: 'text',
  root: 'text',
  siteConfig: 'text',
  uid: whole(1),
  replicas: 'number',
  resources: RESOURCES,
  imagePullSecrets: PULL_SECRETS,
  reachableFrom: listOf(EDGE_PEER),
} as const satisfies PropShapes<WebFrontendProps>;
