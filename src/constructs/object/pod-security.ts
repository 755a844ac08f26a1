/**
 * The security contexts that PodSecurity `restricted` asks for, the same for every pod of the library, the stores
 * included. Plain data in the shape of the typed `k8s` classes.
 */

/** Security context of a pod that passes PodSecurity `restricted`: `securityContext: restrictedPod({ uid: 1000 })`. */
export function restrictedPod(props: {
  /** Numeric user of every container; 0 is refused. */
  readonly uid: number;
  /** Numeric group of every container. @default - the same number as `uid` */
  readonly gid?: number;
  /** Group that owns the volumes. @default - the same number as `gid` */
  readonly fsGroup?: number;
}): PodSecurity {
  if (!Number.isInteger(props.uid) || props.uid <= 0) {
    throw new Error(
      `uid is ${props.uid}, must be a positive integer, because of runAsNonRoot: use the numeric user of the image`,
    );
  }
  const gid = props.gid ?? props.uid;
  return {
    runAsNonRoot: true,
    runAsUser: props.uid,
    runAsGroup: gid,
    fsGroup: props.fsGroup ?? gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Security context of a container that passes PodSecurity `restricted`, with a root file system that cannot be written. */
export function restrictedContainer(): ContainerSecurity {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What {@link restrictedPod} gives. */
export interface PodSecurity {
  readonly runAsNonRoot: true;
  readonly runAsUser: number;
  readonly runAsGroup: number;
  readonly fsGroup: number;
  readonly fsGroupChangePolicy: 'OnRootMismatch';
  readonly seccompProfile: { readonly type: 'RuntimeDefault' };
}

/** What {@link restrictedContainer} gives. */
export interface ContainerSecurity {
  readonly allowPrivilegeEscalation: false;
  readonly capabilities: { readonly drop: string[] };
  readonly readOnlyRootFilesystem: true;
  readonly runAsNonRoot: true;
  readonly seccompProfile: { readonly type: 'RuntimeDefault' };
}
