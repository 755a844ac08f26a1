/**
 * How the files of nats.conf are spread over ConfigMaps. `kubectl apply` on the client's side keeps each object once more in
 * an annotation, and the API server refuses annotations over 256 KiB.
 */
import type { Fault } from '#env';

const KIBIBYTE = 1024;
/** What is put into one ConfigMap while another file may go into the next. */
const PACK_BYTES = 128 * KIBIBYTE;
/** Most that one file may have. */
const LARGEST_FILE_BYTES = 200 * KIBIBYTE;

/** Files in order, as many in one ConfigMap as fit; at least one. */
export function packedFiles(files: Readonly<Record<string, string>>): Readonly<Record<string, string>>[] {
  const packs: { bytes: number; readonly data: Record<string, string> }[] = [];
  for (const [name, text] of Object.entries(files)) {
    const bytes = sizeOf(text);
    const last = packs.at(-1);
    if (last === undefined || last.bytes + bytes > PACK_BYTES) packs.push({ bytes, data: { [name]: text } });
    else {
      last.data[name] = text;
      last.bytes += bytes;
    }
  }
  return packs.map(({ data }) => data);
}

/** Files that no ConfigMap can hold. */
export function configMapFaults(files: Readonly<Record<string, string>>, place: string): Fault[] {
  return Object.entries(files)
    .filter(([, text]) => sizeOf(text) > LARGEST_FILE_BYTES)
    .map(([name, text]) => {
      const message = `${name} has ${sizeOf(text)} bytes, but a ConfigMap can be applied with at most ${LARGEST_FILE_BYTES}: distribute the services over several NATS servers`;
      return { rule: 'nats-config-size', place, message };
    });
}

/** Bytes of a text in UTF-8, each line end, quote and backslash counted twice as in the annotation's JSON. */
function sizeOf(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
