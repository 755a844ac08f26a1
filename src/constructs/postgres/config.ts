/** The configuration files of PostgreSQL and the scripts that its containers run, from data alone. */

/** What postgresql.conf is made from. */
export interface PostgresConfigProps {
  /** Connections of all roles together. */
  readonly maxConnections: number;
  /** Mebibytes of the shared buffers. */
  readonly sharedBuffersMebibytes: number;
  /** Folder of the configuration files. @default '/etc/postgresql' */
  readonly configFolder?: string;
  /** Folder of the socket. @default '/var/run/postgresql' */
  readonly socketFolder?: string;
  /** Addresses to listen at. @default '*' */
  readonly listenAddresses?: string;
  /** Port. @default 5432 */
  readonly port?: number;
}

/** Port of PostgreSQL. */
export const POSTGRES_PORT = 5432;
/** Folder of the configuration files and scripts. */
export const POSTGRES_CONFIG_FOLDER = '/etc/postgresql';
/** Folder of the socket, which nobody but the server's own user may enter. */
export const POSTGRES_SOCKET_FOLDER = '/var/run/postgresql';
/** The superuser; it logs in over the socket. */
export const POSTGRES_SUPERUSER = 'postgres';
/** Files of the ConfigMap. */
export const POSTGRES_FILES = {
  config: 'postgresql.conf',
  access: 'pg_hba.conf',
  roles: 'roles.sql',
  reconcile: 'reconcile.sh',
} as const;

const RECOVERY_TIMEOUT_SECONDS = 1800;

/** Renders postgresql.conf. */
export function postgresConfig(props: PostgresConfigProps): string {
  return [
    '# made by cdk8s-nats from the declarations of the services; edit those',
    `listen_addresses = '${props.listenAddresses ?? '*'}'`,
    `port = ${props.port ?? POSTGRES_PORT}`,
    `unix_socket_directories = '${props.socketFolder ?? POSTGRES_SOCKET_FOLDER}'`,
    'unix_socket_permissions = 0700',
    `hba_file = '${props.configFolder ?? POSTGRES_CONFIG_FOLDER}/${POSTGRES_FILES.access}'`,
    "password_encryption = 'scram-sha-256'",
    `max_connections = ${props.maxConnections}`,
    `shared_buffers = '${props.sharedBuffersMebibytes}MB'`,
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    '',
  ].join('\n');
}

/** Renders pg_hba.conf: the superuser over the socket, roles over TCP with SCRAM to the one database. */
export function postgresAccess(props: {
  readonly database: string;
  /** Whether the superuser may log in with a password from the pod's own loopback address, which is where a port-forward arrives. */
  readonly adminLogin: boolean;
}): string {
  return [
    '# made by cdk8s-nats from the declarations of the services; edit those',
    `local all ${POSTGRES_SUPERUSER} trust`,
    'local all all reject',
    ...(props.adminLogin ? [`host all ${POSTGRES_SUPERUSER} 127.0.0.1/32 scram-sha-256`] : []),
    `host all ${POSTGRES_SUPERUSER} all reject`,
    `host "${props.database}" all all scram-sha-256`,
    '',
  ].join('\n');
}

/**
 * Renders the script that runs before each start: `sh reconcile.sh /etc/postgresql` with PGDATA, PGHOST (the socket's
 * folder), PGUSER and the passwords in its environment. It makes the data folder where there is none, then applies
 * roles.sql to a server that listens at no address. So a new service or a rotated password needs no fresh volume.
 */
export function postgresReconcileScript(passwordVariables: readonly string[]): string {
  return `# made by cdk8s-nats from the declarations of the services; edit those
set -eu
umask 077
config=$1

fail() {
  echo "$1" >&2
  exit 1
}
${passwordVariables.map((name) => `[ -n "\${${name}-}" ] || fail '${name} is empty: every role needs a password'`).join('\n')}

if [ -s "$PGDATA/PG_VERSION" ]; then
  found=$(cat "$PGDATA/PG_VERSION")
  brought=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*$/\\1/')
  [ "$found" = "$brought" ] || fail "the data is of PostgreSQL $found, the image brings $brought: dump with the old image and restore into a fresh volume"
else
  # made aside and moved, so that a start that is cut off leaves no half of it
  rm -rf "$PGDATA.new"
  initdb -D "$PGDATA.new" -U ${POSTGRES_SUPERUSER} --encoding=UTF8 --locale=C.UTF-8 --data-checksums --auth=reject
  mv "$PGDATA.new" "$PGDATA"
fi
# a volume given to a group is opened to that group, which PostgreSQL refuses
chmod 0700 "$PGDATA"

# statements are logged at no level here: some of them hold passwords
pg_ctl -D "$PGDATA" -w -t ${RECOVERY_TIMEOUT_SECONDS} -o "-c config_file=$config/${POSTGRES_FILES.config} -c listen_addresses='' -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic" start
trap 'pg_ctl -D "$PGDATA" -m fast -w stop' EXIT
trap 'exit 143' TERM INT
psql -X -q -d postgres -f "$config/${POSTGRES_FILES.roles}"
`;
}

/**
 * Renders the script of a backup: `sh backup.sh /backup` with PGHOST, PGUSER, PGPASSWORD and PGDATABASE in its environment.
 * A dump counts only when it is whole, and the newest `keep` stay.
 */
export function postgresBackupScript(keep: number): string {
  return `# made by cdk8s-nats; edit the settings of the backup
set -eu
umask 077
folder=$1
file="$folder/$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).dump"
rm -f "$folder/$PGDATABASE"-*.part
pg_dump --format=custom --no-password --file="$file.part"
pg_restore --list "$file.part" > /dev/null
mv "$file.part" "$file"
echo "wrote $file"
ls -1 "$folder/$PGDATABASE"-*.dump | sort -r | tail -n +${keep + 1} | while read -r old; do
  rm -f "$old"
  echo "removed $old"
done
`;
}
