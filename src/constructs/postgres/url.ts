/** The URL by which a service dials PostgreSQL, with its login in variables and its TLS in parameters of libpq. */
import { certificateFolder, certificateVolumes, type CertificateSource } from '../store/client-tls.ts';
import type { ConfigMapVolume, SecretVolume } from '../microservice/volumes.ts';

/** TLS to a PostgreSQL that runs elsewhere. */
export interface PostgresTls {
  /** `verify-full` checks the certificate and its host, `verify-ca` the certificate, `require` nothing. @default 'verify-full' */
  readonly mode?: 'verify-full' | 'verify-ca' | 'require';
  /** Certificates of the authority, in PEM: a key of a ConfigMap or Secret. @default - those of the image */
  readonly ca?: CertificateSource;
}

/** The URL for a service, which has DB_USER and DB_PASS. */
export function postgresUrl(props: {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls?: PostgresTls | undefined;
}): string {
  const { host, port, database, tls } = props;
  const file = tls?.ca === undefined ? '' : `&sslrootcert=${certificateFolder('postgres')}/${tls.ca.key}`;
  const parameters = tls === undefined ? '' : `?sslmode=${tls.mode ?? 'verify-full'}${file}`;
  return `postgresql://$(DB_USER):$(DB_PASS)@${host}:${port}/${database}${parameters}`;
}

/** The volume with the certificates that the URL names; none without. */
export function postgresVolumes(tls: PostgresTls | undefined): readonly (ConfigMapVolume | SecretVolume)[] {
  return certificateVolumes('postgres', tls?.ca);
}
