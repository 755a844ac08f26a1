import type { Fault } from '#env';
import { needsPurge, type Stream } from './stream.ts';
import { filtersOverlap } from './subject.ts';
import { filterProblems, reservedSpace } from './subject-syntax.ts';
import type { Topology } from './topology.ts';

const STREAM_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const SHORTEST_DUPLICATE_WINDOW_SECONDS = 0.1;
const ADVISORY_SPACE = '$JS.EVENT.';

/** What is wrong with streams, each alone and next to the others. */
export function streamFaults(streams: readonly Stream[]): Fault[] {
  return [
    ...streams.flatMap((stream) => [...nameFaults(stream), ...subjectFaults(stream), ...limitFaults(stream)]),
    ...duplicateFaults(streams),
    ...overlapFaults(streams),
  ];
}

function nameFaults({ name }: Stream): Fault[] {
  if (STREAM_NAME.test(name)) return [];
  const message = `name is ${JSON.stringify(name)}, must be a letter and at most 63 more characters of A-Z a-z 0-9 _ -: it is a token in API subjects and a folder name`;
  return [{ rule: 'stream-name', place: `stream ${name}`, message }];
}

function subjectFaults({ name, subjects }: Stream): Fault[] {
  const place = `stream ${name}`;
  if (subjects.length === 0) {
    const message =
      'subjects is empty, must list at least one: otherwise the server stores the subject with the name of the stream';
    return [{ rule: 'stream-subject', place, message }];
  }
  return subjects.flatMap((filter): Fault[] => {
    const problems = filterProblems(filter);
    const faults = problems.map((problem) => ({
      rule: 'stream-subject',
      place,
      message: `subject ${JSON.stringify(filter)} ${problem}${/[{}]/.test(filter) ? ' (use filterOf(message.subject))' : ''}`,
    }));
    const reserved = filter.startsWith(ADVISORY_SPACE) ? undefined : reservedSpace(filter);
    if (problems.length > 0 || reserved === undefined) return faults;
    const message = `subject ${filter} must not be stored: ${reserved}; list the subjects of your own messages`;
    return [{ rule: 'stream-reserved', place, message }];
  });
}

function limitFaults(stream: Stream): Fault[] {
  const { maxAgeSeconds, maxBytes, duplicateWindowSeconds } = stream;
  const say = (message: string): Fault => ({ rule: 'stream-limits', place: `stream ${stream.name}`, message });
  const faults: Fault[] = [];
  if (!Number.isFinite(maxAgeSeconds) || maxAgeSeconds < 0) {
    faults.push(say(`maxAgeSeconds is ${maxAgeSeconds}, must be 0 (unlimited) or more`));
  }
  if (maxBytes !== -1 && !(Number.isInteger(maxBytes) && maxBytes > 0)) {
    faults.push(say(`maxBytes is ${maxBytes}, must be -1 (unlimited) or at least 1 byte, as an integer`));
  }
  if (!Number.isFinite(duplicateWindowSeconds) || duplicateWindowSeconds < SHORTEST_DUPLICATE_WINDOW_SECONDS) {
    const least = SHORTEST_DUPLICATE_WINDOW_SECONDS;
    faults.push(say(`duplicateWindowSeconds is ${duplicateWindowSeconds}, must be at least ${least}`));
  } else if (maxAgeSeconds > 0 && duplicateWindowSeconds > maxAgeSeconds) {
    const received = `duplicateWindowSeconds is ${duplicateWindowSeconds} but maxAgeSeconds is ${maxAgeSeconds}`;
    faults.push(say(`${received}, must not exceed it: shorten the window`));
  }
  return faults;
}

/** A stream that refuses new messages and keeps read ones would stay full until they expire. */
export function purgeFaults({ streams, services }: Topology): Fault[] {
  const provisioner = services.find(({ jetstream }) => jetstream.provisions === true);
  if (provisioner === undefined) return [];
  const unpurged = streams.filter(
    (stream) => needsPurge(stream) && !provisioner.jetstream.purges?.includes(stream.name),
  );
  return unpurged.map(({ name }) => ({
    rule: 'stream-purge',
    place: `stream ${name}`,
    message: `discard is new, but ${provisioner.name}, which provisions, may not purge it, so a full stream would refuse messages until the oldest expire: add ${name} to its jetstream.purges, or use retention 'interest' or discard 'old'`,
  }));
}

function duplicateFaults(streams: readonly Stream[]): Fault[] {
  const again = streams.filter(({ name }, i) => streams.findIndex((other) => other.name === name) < i);
  return again.map(({ name }) => ({
    rule: 'stream-duplicate',
    place: `stream ${name}`,
    message: `name ${name} is declared twice, must be unique: rename one or merge their subjects`,
  }));
}

function overlapFaults(streams: readonly Stream[]): Fault[] {
  const kept = streams.flatMap((stream) => stream.subjects.map((filter) => ({ stream, filter })));
  return kept.flatMap((one, i) =>
    kept
      .slice(0, i)
      .filter((other) => filtersOverlap(one.filter, other.filter))
      .map((other) => ({
        rule: 'stream-overlap',
        place: `stream ${one.stream.name}`,
        message: `subject ${one.filter} overlaps ${other.filter} of stream ${other.stream.name}, but only one stream may store a subject: narrow one of them`,
      })),
  );
}
