import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';

type Json = Readonly<Record<string, unknown>>;

/**
 * JSON Schema (draft 2020-12) of a schema, as its values are on the wire: what goes into it or comes out of it. Empty where
 * the library of the schema has no Standard JSON Schema; zod 4 has it. References inside it begin at `place`, a JSON pointer
 * to where the schema stands in its document.
 *
 * @see https://standardschema.dev/json-schema
 */
export function jsonSchemaOf(schema: StandardSchemaV1, io: 'input' | 'output', place = '#'): Json {
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  if (jsonSchema === undefined) return {};
  const { $schema: _, ...rest } = jsonSchema[io]({
    target: 'draft-2020-12',
    libraryOptions: { unrepresentable: 'any' },
  });
  return place === '#' ? rest : (movedReferences(rest, '#', place) as Json);
}

/** A schema whose references begin at another place. */
export function movedReferences(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((one) => movedReferences(one, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string' && inner.startsWith(from)
        ? [key, to + inner.slice(from.length)]
        : [key, movedReferences(inner, from, to)],
    ),
  );
}
