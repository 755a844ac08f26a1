/** A control plane on this machine: etcd, API server, controllers and scheduler as real processes, all on the loopback address. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, launchServer, LOOPBACK, temporaryFolder, type RunningServer } from '#local';
import { KubeApi, type KubeAccess } from './kube-api.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { ClusterPrograms } from './programs.ts';

/** A running control plane. */
export interface ControlPlane {
  /** How the administrator reaches it. */
  readonly access: KubeAccess;
  /** Folder of its files; removed by `stop`. */
  readonly folder: string;
  /** kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** Log of every request that changes something, one JSON object a line. */
  readonly auditLog: string;
  /** Key and certificate of the API server, which the fake kubelet serves logs with. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Ends it all and removes its folder. */
  stop(): Promise<void>;
}

/** Controllers that would judge a node by heartbeats, which the fake one does not send. */
const LEFT_OUT_CONTROLLERS = ['node-lifecycle-controller', 'node-ipam-controller'];
const SERVICE_RANGE = '10.43.0.0/16';
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    {
      level: 'None',
      userGroups: ['system:masters', 'system:nodes'],
      resources: [{ group: '', resources: ['events'] }],
    },
    { level: 'Metadata' },
  ],
};

/** Starts all four and waits until the API server answers. */
export async function startControlPlane(programs: ClusterPrograms): Promise<ControlPlane> {
  const folder = temporaryFolder('cluster');
  const running: RunningServer[] = [];
  const stop = async (): Promise<void> => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  try {
    const etcd = await startEtcd(programs, folder);
    running.push(etcd);
    const { server, access, tls, auditLog } = await startApiServer(programs, folder, etcd.port);
    running.push(server);
    const kubeconfig = join(folder, 'admin.kubeconfig');
    writeKubeconfig(kubeconfig, access);
    running.push(...(await Promise.all([startControllers(programs, folder), startScheduler(programs, folder)])));
    return { access, folder, kubeconfig, auditLog, tls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEtcd({ etcd }: ClusterPrograms, folder: string): Promise<RunningServer> {
  const [port, peerPort] = [await freePort(), await freePort()];
  const [client, peer] = [`http://${LOOPBACK}:${port}`, `http://${LOOPBACK}:${peerPort}`];
  const flags = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'unsafe-no-fsync': 'true',
    'log-level': 'error',
  };
  const probe = async (): Promise<boolean> => (await fetch(`${client}/health`)).ok;
  return await launchServer({
    name: 'etcd',
    port,
    command: [etcd, ...args(flags)],
    probe,
    ...KILLED,
    temporaryFolder: folder,
  });
}

async function startApiServer(
  programs: ClusterPrograms,
  folder: string,
  etcdPort: number,
): Promise<Pick<ControlPlane, 'access' | 'tls' | 'auditLog'> & { readonly server: RunningServer }> {
  const port = await freePort();
  const token = randomBytes(24).toString('hex');
  const [certificates, auditLog] = [join(folder, 'certificates'), join(folder, 'audit.log')];
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'audit-policy.yaml'), JSON.stringify(AUDIT_POLICY));
  writeServiceAccountKeys(folder);
  const flags = {
    'etcd-servers': `http://${LOOPBACK}:${etcdPort}`,
    'bind-address': LOOPBACK,
    'advertise-address': LOOPBACK,
    'endpoint-reconciler-type': 'none',
    'secure-port': String(port),
    // it makes its own authority and certificate there
    'cert-dir': certificates,
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': join(folder, 'service-accounts.pub'),
    'service-account-signing-key-file': join(folder, 'service-accounts.key'),
    'service-cluster-ip-range': SERVICE_RANGE,
    'kubelet-preferred-address-types': 'InternalIP',
    'audit-policy-file': join(folder, 'audit-policy.yaml'),
    'audit-log-path': auditLog,
  };
  const read = (extension: string): string => readFileSync(join(certificates, `apiserver.${extension}`), 'utf8');
  const url = `https://${LOOPBACK}:${port}`;
  const probe = async (): Promise<boolean> => {
    if (!existsSync(join(certificates, 'apiserver.crt'))) return false;
    return await isReady({ url, ca: read('crt'), token });
  };
  const command = [programs['kube-apiserver'], ...args(flags)] as const;
  const server = await launchServer({ name: 'kube-apiserver', port, command: [...command], probe, ...KILLED });
  const [cert, key] = [read('crt'), read('key')];
  return { server, access: { url, ca: cert, token }, tls: { key, cert }, auditLog };
}

async function startControllers(programs: ClusterPrograms, folder: string): Promise<RunningServer> {
  return await startClient('kube-controller-manager', programs, folder, {
    controllers: ['*', ...LEFT_OUT_CONTROLLERS.map((name) => `-${name}`)].join(','),
    'service-account-private-key-file': join(folder, 'service-accounts.key'),
    'root-ca-file': join(folder, 'certificates/apiserver.crt'),
    'kube-api-qps': '200',
    'kube-api-burst': '400',
  });
}

async function startScheduler(programs: ClusterPrograms, folder: string): Promise<RunningServer> {
  return await startClient('kube-scheduler', programs, folder, {});
}

/** A process that serves nobody here: health alone, without TLS files of its own. */
async function startClient(
  name: 'kube-controller-manager' | 'kube-scheduler',
  programs: ClusterPrograms,
  folder: string,
  own: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const port = await freePort();
  const kubeconfig = join(folder, 'admin.kubeconfig');
  const flags = {
    ...own,
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': 'false',
    'bind-address': LOOPBACK,
    'secure-port': String(port),
    'cert-dir': join(folder, name),
  };
  const probe = async (): Promise<boolean> => {
    const certificate = join(folder, name, `${name}.crt`);
    if (!existsSync(certificate)) return false;
    const api = new KubeApi({ url: `https://${LOOPBACK}:${port}`, ca: readFileSync(certificate, 'utf8'), token: '' });
    try {
      return (await api.text('/healthz')) === 'ok';
    } finally {
      api.close();
    }
  };
  return await launchServer({ name, port, command: [programs[name], ...args(flags)], probe, ...KILLED });
}

/** Nothing of it is kept, so none of it needs a clean end. */
const KILLED = { stopSignal: 'SIGKILL' } as const;

async function isReady(access: KubeAccess): Promise<boolean> {
  const api = new KubeApi(access);
  try {
    return (await api.text('/readyz')) === 'ok';
  } finally {
    api.close();
  }
}

function writeServiceAccountKeys(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  writeFileSync(join(folder, 'service-accounts.pub'), publicKey);
  writeFileSync(join(folder, 'service-accounts.key'), privateKey, { mode: 0o600 });
}

function args(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}
