import type { Fault } from '#env';
import { nearestName } from '#nearest-name';
import type { NatsRequest } from './request.ts';
import { filterOf, filtersOverlap } from './subject.ts';
import { patternProblems, reservedSpace } from './subject-syntax.ts';
import type { Topology } from './topology.ts';

/** A request in the hands of a service. */
interface RequestUse {
  readonly service: string;
  readonly verb: 'responds to' | 'requests';
  readonly request: NatsRequest;
}

/** The server drops a reply to another account after two minutes; a requester that waits longer needs a job, not an answer. */
const LONGEST_TIMEOUT_SECONDS = 120;

/**
 * What is wrong with requests: their subjects, who answers, second declarations of one, and messages or streams in the
 * same place.
 */
export function requestFaults(topology: Topology): Fault[] {
  const uses = topology.services.flatMap(({ name, responds, requests }): RequestUse[] => [
    ...responds.map((request): RequestUse => ({ service: name, verb: 'responds to', request })),
    ...requests.map((request): RequestUse => ({ service: name, verb: 'requests', request })),
  ]);
  const sound = uses.filter(({ request }) => patternProblems(request.subject).length === 0);
  return [
    ...uses.flatMap(formFaults),
    ...ownerFaults(sound),
    ...unansweredFaults(sound),
    ...sound.filter(isResponse).flatMap((use) => placeFaults(use, topology)),
  ];
}

function formFaults(use: RequestUse): Fault[] {
  const { subject, timeoutSeconds } = use.request;
  const problems = patternProblems(subject);
  const wild = subject.split('.').some((token) => token === '*' || token === '>');
  if (wild) problems.push('has a wildcard, must have none: use a {parameter}');
  const faults = problems.map((problem) => fault('request-subject', use, `subject ${problem}`));
  const reserved = reservedSpace(filterOf(subject));
  if (reserved !== undefined) {
    faults.push(fault('request-subject', use, `must not be requested: ${reserved}; start it with your own name`));
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT_SECONDS)) {
    const message = `timeoutSeconds is ${timeoutSeconds}, must be above 0 and at most ${LONGEST_TIMEOUT_SECONDS}: for longer work, publish a message`;
    faults.push(fault('request-timeout', use, message));
  }
  return faults;
}

function ownerFaults(uses: readonly RequestUse[]): Fault[] {
  const answered = uses.filter(isResponse);
  return answered.flatMap((use, i) =>
    answered
      .slice(0, i)
      .filter((other) => overlap(use.request.subject, other.request.subject))
      .map((other) => {
        const owner = other.service === use.service ? 'the same service' : other.service;
        const message = `overlaps ${other.request.subject}, to which ${owner} responds, but a request has one responder: rename one, or let one service answer both`;
        return fault('request-owner', use, message);
      }),
  );
}

function unansweredFaults(uses: readonly RequestUse[]): Fault[] {
  const responses = uses.filter(isResponse);
  const answered = responses.map(({ request }) => request.subject);
  return uses
    .filter((use) => !isResponse(use) && !answered.includes(use.request.subject))
    .map((use) => {
      const other = responses.find(({ request }) => overlap(request.subject, use.request.subject));
      if (other !== undefined) {
        const message = `overlaps ${other.request.subject}, to which ${other.service} responds, but is another declaration: import and request that one`;
        return fault('request-twice', use, message);
      }
      const near = nearestName(use.request.subject, answered);
      const hint = near === undefined ? '' : `, did you mean ${near}?`;
      const message = `is answered by no service, so every request would fail: add it to responds of its service${hint}`;
      return fault('request-unanswered', use, message);
    });
}

function placeFaults(use: RequestUse, { services, streams }: Topology): Fault[] {
  const { subject } = use.request;
  const published = services.flatMap(({ name, publishes }) =>
    publishes
      .filter((message) => overlap(message.subject, subject))
      .map((message) => {
        const text = `overlaps the message ${message.subject}, which ${name} publishes, but a subject carries requests or messages: rename one`;
        return fault('request-is-message', use, text);
      }),
  );
  const stored = streams
    .filter((stream) => stream.subjects.some((kept) => filtersOverlap(kept, filterOf(subject))))
    .map(({ name }) => {
      const text = `stream ${name} would store it, and its acknowledgement would be an answer: use a subject outside that stream`;
      return fault('request-stored', use, text);
    });
  return [...published, ...stored];
}

function isResponse({ verb }: RequestUse): boolean {
  return verb === 'responds to';
}

function overlap(one: string, other: string): boolean {
  return filtersOverlap(filterOf(one), filterOf(other));
}

function fault(rule: string, { service, verb, request }: RequestUse, message: string): Fault {
  return { rule, place: `${service} ${verb} ${request.subject}`, message };
}
