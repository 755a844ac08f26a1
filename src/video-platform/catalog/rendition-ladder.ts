/** One step of the ladder of renditions that the transcoder makes. */
export interface RenditionStep {
  /** Lines of the picture. */
  readonly height: number;
  /** Highest rate of the picture, in thousands of bits a second. */
  readonly kilobitsPerSecond: number;
}

const STEP = /^([1-9]\d{1,3})p:([1-9]\d{1,5})k$/;

/** Reads a ladder such as `360p:800k,720p:2500k`, from the smallest step to the largest. */
export function readRenditionLadder(text: string): readonly RenditionStep[] {
  const steps = text.split(',').map((part): RenditionStep => {
    const match = STEP.exec(part.trim());
    if (!match)
      throw new Error(`must list steps such as 360p:800k, separated by commas; ${JSON.stringify(part)} is invalid`);
    return { height: Number(match[1]), kilobitsPerSecond: Number(match[2]) };
  });
  return steps.toSorted((a, b) => a.height - b.height);
}
