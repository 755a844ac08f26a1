import { bytesOf } from '#manifests';

const MEBIBYTE = 2 ** 20;

/** A share of a quantity, rounded down to whole mebibytes, as a quantity: `shareOf('512Mi', 0.5)` gives `256Mi`. */
export function shareOf(quantity: string, share: number): string {
  return `${Math.floor(((bytesOf(quantity) ?? 0) * share) / MEBIBYTE)}Mi`;
}
