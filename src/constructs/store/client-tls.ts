/** TLS of clients to a store that runs elsewhere, whose certificate a private authority may have signed. */
import { Env, type EnvVariable } from '#env';
import { either, group, oneOf, required } from '#prop-shapes';
import type { NamedObject } from '../object/named-object.ts';
import { NAMED } from '../object/object-shapes.ts';
import type { ConfigMapVolume, SecretVolume } from '../microservice/volumes.ts';

/** Certificates of an authority, in PEM: a key of a ConfigMap or Secret. */
export type CertificateSource = { readonly key: string } & (
  { readonly configMap: NamedObject } | { readonly secret: NamedObject }
);

/** TLS of the connections to a store. */
export interface ClientTls {
  /** Certificates of the authority. @default - those that the runtime of the client trusts anyway */
  readonly ca?: CertificateSource;
}

/** The shape of certificates. */
export const CERTIFICATES = oneOf({
  configMap: { key: 'name!', configMap: required(NAMED) },
  secret: { key: 'name!', secret: required(NAMED) },
});
/** The shape of `tls`. */
export const CLIENT_TLS = either('boolean', group<ClientTls>({ ca: CERTIFICATES }));

/** Variable by which Node trusts further authorities, read once when the process starts. */
const NODE_AUTHORITIES = 'NODE_EXTRA_CA_CERTS';

/** Folder in which the certificates of a store are mounted. */
export function certificateFolder(store: string): string {
  return `/etc/${store}-ca`;
}

/** The volume with the certificates; none without. */
export function certificateVolumes(
  store: string,
  ca: CertificateSource | undefined,
): readonly (ConfigMapVolume | SecretVolume)[] {
  if (ca === undefined) return [];
  const { key, ...source } = ca;
  const mount = { name: `${store}-ca`, mountPath: certificateFolder(store) };
  return ['secret' in source ? { ...mount, secret: source.secret, keys: [key] } : { ...mount, ...source }];
}

/** What a client needs besides the URL. */
export function clientTls(
  store: string,
  tls: boolean | ClientTls | undefined,
): {
  readonly isOn: boolean;
  readonly volumes: readonly (ConfigMapVolume | SecretVolume)[];
  readonly env: readonly EnvVariable[];
} {
  const ca = typeof tls === 'object' ? tls.ca : undefined;
  return {
    isOn: tls !== undefined && tls !== false,
    volumes: certificateVolumes(store, ca),
    env: ca === undefined ? [] : [Env.value(NODE_AUTHORITIES, `${certificateFolder(store)}/${ca.key}`)],
  };
}
