/** PodSecurity `restricted` (https://kubernetes.io/docs/concepts/security/pod-security-standards/), said before the server says it. */
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

const VOLUME_KINDS: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const SECCOMP_TYPES: ReadonlySet<string | undefined> = new Set(['RuntimeDefault', 'Localhost']);

/** Every pod and container that the standard refuses, each with all that is missing. */
export function restrictedPodFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => [
    ...violation(pod, pod.spec, 'the pod', podViolations(pod.spec)),
    ...pod.containers.flatMap((container) =>
      violation(pod, container.at, `container ${container.name}`, containerViolations(pod.spec, container)),
    ),
  ]);
}

function violation(pod: PodTemplate, at: Cursor, subject: string, missing: readonly string[]): ManifestFault[] {
  if (missing.length === 0) return [];
  const message = `PodSecurity restricted would refuse ${subject}: ${missing.join('; ')}`;
  return [faultAt(pod.object, at, 'pod-security', message)];
}

function podViolations(spec: Cursor): string[] {
  const security = spec.at('securityContext');
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC']
      .filter((it) => spec.at(it).value === true)
      .map((it) => `${it} must be off`),
    ...(security.at('runAsUser').number === 0 ? ['runAsUser must not be 0'] : []),
    ...spec.at('volumes').items.flatMap((volume) => {
      const kinds = volume.entries.map(([key]) => key).filter((key) => key !== 'name' && !VOLUME_KINDS.has(key));
      return kinds.map((kind) => `volume ${volume.at('name').text} must not be a ${kind}`);
    }),
    ...security
      .at('sysctls')
      .items.map((sysctl) => sysctl.at('name').text ?? '')
      .filter((name) => !SAFE_SYSCTLS.has(name))
      .map((name) => `the sysctl ${name} must not be set`),
    ...commonViolations(security),
  ];
}

function containerViolations(spec: Cursor, { at }: PodContainer): string[] {
  const pod = spec.at('securityContext');
  const own = at.at('securityContext');
  const added = own.at('capabilities', 'add').items.map((item) => item.text ?? '');
  const dropped = own.at('capabilities', 'drop').items.map((item) => item.text);
  const inherited = (field: string): unknown => (own.at(field).exists ? own.at(field).value : pod.at(field).value);
  const seccomp = (own.at('seccompProfile').exists ? own : pod).at('seccompProfile', 'type').text;
  const rules: readonly (readonly [boolean, string])[] = [
    [own.at('allowPrivilegeEscalation').value === false, 'allowPrivilegeEscalation must be false'],
    [dropped.includes('ALL'), 'capabilities.drop must contain ALL'],
    [inherited('runAsNonRoot') === true, 'runAsNonRoot must be true'],
    [own.at('runAsUser').number !== 0, 'runAsUser must not be 0'],
    [SECCOMP_TYPES.has(seccomp), 'seccompProfile.type must be RuntimeDefault'],
    [own.at('privileged').value !== true, 'privileged must be off'],
    [added.every((name) => name === 'NET_BIND_SERVICE'), `capabilities.add must not contain ${added.join(', ')}`],
    [['Default', undefined].includes(own.at('procMount').text), 'procMount must be Default'],
    [at.at('ports').items.every((port) => !port.at('hostPort').number), 'hostPort must not be set'],
  ];
  return [...rules.filter(([holds]) => !holds).map(([, rule]) => rule), ...commonViolations(own)];
}

/** What the security contexts of pods and containers have in common. */
function commonViolations(security: Cursor): string[] {
  const selinux = security.at('seLinuxOptions');
  const rules: readonly (readonly [boolean, string])[] = [
    [SELINUX_TYPES.has(selinux.at('type').text ?? ''), 'seLinuxOptions.type must be one of the container types'],
    [!selinux.at('user').text && !selinux.at('role').text, 'seLinuxOptions must not set user or role'],
    [security.at('windowsOptions', 'hostProcess').value !== true, 'hostProcess must be off'],
    [security.at('appArmorProfile', 'type').text !== 'Unconfined', 'appArmorProfile must not be Unconfined'],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => rule);
}
