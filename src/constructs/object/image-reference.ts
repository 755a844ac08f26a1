import { imageReferenceFault } from '#manifests';

/** What is wrong with an image reference as a manifest may name it; undefined when it is a digest or an exact tag. */
export function imageReferenceProblem(image: string): string | undefined {
  const wayOut = 'use an exact version tag or a digest, such as redis:7.4.6-alpine';
  if (/\s/.test(image) || image === '')
    return `image is ${JSON.stringify(image)}, an invalid image reference: ${wayOut}`;
  const problem = /\s|^$/.test(image) ? undefined : imageReferenceFault(image);
  if (problem !== undefined && !image.includes('@'))
    return `image is ${image}, an invalid image reference, ${problem}: ${wayOut}`;
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  if (image.includes('@'))
    return `image is ${image}, but its digest is not sha256 with 64 hexadecimal digits: ${wayOut}`;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  if (tag === undefined)
    return `image is ${image}, which has no tag and therefore means latest, a moving tag: ${wayOut}`;
  return tag === 'latest' ? `image is ${image}, but latest is a moving tag: ${wayOut}` : undefined;
}
