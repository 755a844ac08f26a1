import { filterCovers, filterOf, type Message } from '#declare';

const OTHERS = 'others';

/**
 * Which messages are refused together: those of one declared subject. Subjects that the declaration does not have, of a version
 * before it, share a lane.
 */
export function lanesOf(messages: readonly Message[]): (subject: string) => string {
  const plain = new Set(messages.map(({ subject }) => subject));
  const patterns = messages.filter(({ subject }) => filterOf(subject) !== subject);
  return (subject) => {
    if (plain.has(subject)) return subject;
    return patterns.find((pattern) => filterCovers(filterOf(pattern.subject), subject))?.subject ?? OTHERS;
  };
}
