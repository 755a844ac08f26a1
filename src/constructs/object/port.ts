/** Highest number of a port. */
export const HIGHEST_PORT = 65_535;

/** Whether a number is that of a port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT;
}
