/** An object by its name, or anything that has one, such as an `ISecret` or `IConfigMap` of any cdk8s-plus. */
export type NamedObject = string | { readonly name: string };

/** Name of an object that was given either way. */
export function nameOf(object: NamedObject): string {
  return typeof object === 'string' ? object : object.name;
}
