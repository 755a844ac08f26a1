/** Place of a variable in a message: `auth env DB_PORT`, or `env DB_PORT` without a known context. */
export function placeOf(place: string, name: string): string {
  const variable = `env ${name === '' ? '""' : name}`;
  return place === '' ? variable : `${place} ${variable}`;
}
