/** Backups of a PostgreSQL: a CronJob that dumps to a volume of its own, and the policy that lets it reach the server alone. */
import type { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { Fault, KeyRef } from '#env';
import { bytesOf, scheduleProblem } from '#manifests';
import { assertProps, type PropShapes, required, whole } from '#prop-shapes';
import { imageReferenceProblem } from './object/image-reference.ts';
import { kubeObject, quantity } from './object/kube-objects.ts';
import { KEY_REF } from './object/object-shapes.ts';
import { resourceRequirements } from './object/container-resources.ts';
import { restrictedContainer, restrictedPod } from './object/pod-security.ts';
import { POSTGRES_PORT, postgresBackupScript } from './postgres/config.ts';
import { POSTGRES_BACKUP_ROLE } from './postgres/roles.ts';
import { podsOf, storePolicy } from './store/policy.ts';
import { claimSpec } from './store/volume.ts';

/** What the backups are made from. */
export interface PostgresBackupJobProps {
  /** Name of the PostgreSQL, which is its host too. */
  readonly server: string;
  /** Database that is dumped. */
  readonly database: string;
  /** Image with `pg_dump`, of the server's major version or newer. */
  readonly image: string;
  /** Names of the Secrets that the image is pulled with. */
  readonly imagePullSecrets: readonly string[];
  /** User id of the pod and owner of the dumps. */
  readonly uid: number;
  /** Key with the password of the role `backup`. */
  readonly password: KeyRef;
  /** Cron schedule, in UTC. */
  readonly schedule: string;
  /** How many dumps are kept. */
  readonly keep: number;
  /** Size of the volume of the dumps, such as `10Gi`. */
  readonly storage: string;
  /** Storage class of that volume; undefined for the cluster's default. */
  readonly storageClass: string | undefined;
}

const SCRIPT_FOLDER = '/etc/backup';
const SCRIPT = 'backup.sh';
const DUMP_FOLDER = '/backup';
const RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } };
const DEADLINE_SECONDS = 3600;

/** Name of the backup's objects and value of their label `app`. */
export function backupName(server: string): string {
  return `${server}-backup`;
}

const SHAPES = {
  server: 'name!',
  database: 'name!',
  image: 'name!',
  imagePullSecrets: 'texts!',
  uid: required(whole(1)),
  password: required(KEY_REF),
  schedule: 'name!',
  keep: required(whole(1)),
  storage: 'name!',
  storageClass: 'text',
} as const satisfies PropShapes<PostgresBackupJobProps>;

/** The objects of the backups. Throws a `DeclarationError` with every fault of its props. */
export class PostgresBackupJob extends Construct {
  /** Dumps the database. */
  readonly cronJob: ApiObject;
  /** Holds the dumps. */
  readonly volumeClaim: ApiObject;
  /** Holds the script. */
  readonly configMap: ApiObject;
  /** The policy of its pods: egress to the server and DNS alone. */
  readonly networkPolicy: ApiObject;

  constructor(scope: Construct, id: string, props: PostgresBackupJobProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'PostgresBackupJob');
    assertNoFaults(backupFaults(props, this.node.path));
    const name = backupName(props.server);
    const metadata = { name, labels: { app: name } };
    this.configMap = kubeObject('ConfigMap', this, 'config', {
      metadata,
      data: { [SCRIPT]: postgresBackupScript(props.keep) },
    });
    this.volumeClaim = kubeObject('PersistentVolumeClaim', this, 'volume', {
      metadata,
      spec: claimSpec(props.storage, props.storageClass),
    });
    this.cronJob = kubeObject('CronJob', this, 'cronjob', {
      metadata,
      spec: {
        schedule: props.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: DEADLINE_SECONDS,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: DEADLINE_SECONDS, template: backupPod(name, props) },
        },
      },
    });
    this.networkPolicy = storePolicy(this, 'policy', {
      name,
      entries: [],
      exits: [{ port: POSTGRES_PORT, to: [podsOf(props.server)] }],
    });
  }
}

function backupFaults({ image, schedule, storage }: PostgresBackupJobProps, place: string): Fault[] {
  const problem = imageReferenceProblem(image);
  const when = scheduleProblem(schedule);
  const size = `storage is ${JSON.stringify(storage)}, must be a quantity of bytes such as 512Mi or 2Gi`;
  return [
    ...(problem === undefined ? [] : [{ rule: 'image-reference', place, message: problem }]),
    ...(when === undefined ? [] : [{ rule: 'postgres-backup-schedule', place, message: when }]),
    ...(bytesOf(storage) === undefined ? [{ rule: 'quantity', place, message: size }] : []),
  ];
}

function backupPod(name: string, props: PostgresBackupJobProps): k8s.PodTemplateSpec {
  return {
    metadata: { labels: { app: name } },
    spec: {
      restartPolicy: 'Never',
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      securityContext: restrictedPod({ uid: props.uid }),
      ...(props.imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: props.imagePullSecrets.map((secret) => ({ name: secret })) }),
      containers: [
        {
          name: 'backup',
          image: props.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', `${SCRIPT_FOLDER}/${SCRIPT}`, DUMP_FOLDER],
          env: [
            { name: 'PGHOST', value: props.server },
            { name: 'PGPORT', value: String(POSTGRES_PORT) },
            { name: 'PGDATABASE', value: props.database },
            { name: 'PGUSER', value: POSTGRES_BACKUP_ROLE },
            {
              name: 'PGPASSWORD',
              valueFrom: { secretKeyRef: { name: props.password.name, key: props.password.key } },
            },
          ],
          resources: resourceRequirements(RESOURCES),
          securityContext: restrictedContainer(),
          volumeMounts: [
            { name: 'config', mountPath: SCRIPT_FOLDER, readOnly: true },
            { name: 'dumps', mountPath: DUMP_FOLDER },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'config', configMap: { name } },
        { name: 'dumps', persistentVolumeClaim: { claimName: name } },
        { name: 'tmp', emptyDir: { sizeLimit: quantity('64Mi') } },
      ],
    },
  };
}
