import { readFileSync } from 'node:fs';

/** Content of a JSON file. Throws with the place of what is wrong, and the way out. */
export function jsonOf(file: string, wayOut: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${file}: invalid JSON, ${error.message}: ${wayOut}`, { cause: error });
  }
}
