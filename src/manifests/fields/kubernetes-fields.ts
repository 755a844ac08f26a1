/**
 * The fields of the built-in kinds, of the newest Kubernetes that the tests run. In kubernetes-fields.json a struct is one
 * text, `name:shape` for each field, `!` behind the name of one that is required. Shapes: `s` text, `n` number, `b` boolean,
 * `*` anything, `[` a list of what follows, `{` a map of what follows, else the name of a struct.
 */
import fields from './kubernetes-fields.json' with { type: 'json' };

/** A field of a struct. */
export interface KnownField {
  readonly shape: string;
  readonly required: boolean;
}

/** Fields of a struct by name. */
export type KnownFields = ReadonlyMap<string, KnownField>;

/** Release that the fields are of, such as `1.36`. */
export const KUBERNETES_VERSION = fields.version;

const KINDS: Readonly<Record<string, string | undefined>> = fields.kinds;
const STRUCTS: Readonly<Record<string, string | undefined>> = fields.structs;

/** Name of the struct of an object; undefined for kinds and versions that are not built in. */
export function structOfKind(apiVersion: string, kind: string): string | undefined {
  return Object.hasOwn(KINDS, `${apiVersion}/${kind}`) ? KINDS[`${apiVersion}/${kind}`] : undefined;
}

/** The structs, each of which is read when it is first asked for. */
export class KubernetesFields {
  private readonly read = new Map<string, KnownFields>();

  /** The fields of a struct; undefined if there is no such struct. */
  of(struct: string): KnownFields | undefined {
    const known = this.read.get(struct);
    if (known !== undefined) return known;
    const text = Object.hasOwn(STRUCTS, struct) ? STRUCTS[struct] : undefined;
    if (text === undefined) return undefined;
    const made = new Map(
      text.split(' ').map((entry): [string, KnownField] => {
        const [name = '', shape = ''] = entry.split(':');
        return [name.replace('!', ''), { shape, required: name.endsWith('!') }];
      }),
    );
    this.read.set(struct, made);
    return made;
  }
}

/** The struct that a field leads to, through lists and maps; undefined where it holds plain values. */
export function structBehind({ shape }: KnownField): string | undefined {
  const name = shape.replace(/^[[{]+/, '');
  return Object.hasOwn(STRUCTS, name) ? name : undefined;
}
