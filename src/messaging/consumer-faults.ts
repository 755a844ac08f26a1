import type { Fault } from '#env';
import { durableName } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import type { Stream } from './stream.ts';
import { filterOf, filtersOverlap } from './subject.ts';
import { streamOf } from './topology.ts';
import type { Topology } from './topology.ts';

/** A durable of a service, and the stream that it draws from. */
interface Durable {
  readonly service: string;
  readonly name: string;
  readonly consumer: Consumer;
  readonly stream: Stream | undefined;
}

const TOPIC = /^[A-Za-z0-9_-]{1,128}$/;
const LONGEST_ACK_WAIT_SECONDS = 3600;

/** What is wrong with durables: their names, their policies, and those that fight for the same work. */
export function consumerFaults(topology: Topology): Fault[] {
  const durables = topology.services.flatMap(({ name, consumes }) =>
    consumes.map((consumer): Durable => ({
      service: name,
      name: durableName(name, consumer),
      consumer,
      stream: streamOf(consumer.message, topology),
    })),
  );
  return [
    ...durables.flatMap((durable) => [...topicFaults(durable), ...policyFaults(durable), ...ageFaults(durable)]),
    ...duplicateFaults(durables),
    ...workQueueFaults(durables),
  ];
}

function topicFaults(durable: Durable): Fault[] {
  const { topic } = durable.consumer;
  if (TOPIC.test(topic)) return [];
  const message = `topic is ${JSON.stringify(topic)}, must be 1 to 128 characters of A-Z a-z 0-9 _ -: set it with consume(message, { topic })`;
  return [fault('durable-name', durable, message)];
}

function policyFaults(durable: Durable): Fault[] {
  const { ackWaitSeconds, maxDeliver, nakDelaysSeconds, maxAckPending } = durable.consumer.policy;
  const say = (message: string) => fault('consumer-policy', durable, message);
  const faults: Fault[] = [];
  if (!(ackWaitSeconds > 0 && ackWaitSeconds <= LONGEST_ACK_WAIT_SECONDS)) {
    const limits = `must be more than 0 and at most ${LONGEST_ACK_WAIT_SECONDS} seconds`;
    faults.push(say(`ackWaitSeconds is ${ackWaitSeconds}, ${limits}: call working() during longer work`));
  }
  if (!Number.isInteger(maxDeliver) || maxDeliver < 1) {
    faults.push(
      say(
        `maxDeliver is ${maxDeliver}, must be an integer of at least 1: without a limit, no message becomes a dead letter`,
      ),
    );
  }
  if (!Number.isInteger(maxAckPending) || maxAckPending < 1) {
    faults.push(say(`maxAckPending is ${maxAckPending}, must be an integer of at least 1`));
  }
  const wrong = nakDelaysSeconds.filter((seconds) => !(Number.isFinite(seconds) && seconds >= 0));
  if (wrong.length > 0)
    faults.push(say(`nakDelaysSeconds contains ${wrong.join(', ')}, must be seconds of at least 0`));
  if (nakDelaysSeconds.length === 0 && maxDeliver > 1) {
    faults.push(
      say(`nakDelaysSeconds is empty but maxDeliver is ${maxDeliver}, must set how long a failed message waits`),
    );
  }
  return faults;
}

/** A message that the stream drops between two tries is lost without becoming a dead letter. */
function ageFaults(durable: Durable): Fault[] {
  const { stream, consumer } = durable;
  const seconds = retrySeconds(consumer);
  if (stream === undefined || stream.maxAgeSeconds <= 0 || !(seconds >= stream.maxAgeSeconds)) return [];
  const received = `its attempts take ${seconds} s, but stream ${stream.name} keeps messages for only ${stream.maxAgeSeconds} s`;
  return [fault('retry-outlives-stream', durable, `${received}: shorten the delays or increase maxAgeSeconds`)];
}

function retrySeconds({ policy }: Consumer): number {
  const { nakDelaysSeconds, maxDeliver } = policy;
  const last = nakDelaysSeconds.at(-1) ?? 0;
  const waits = Math.max(0, maxDeliver - 1);
  const listed = nakDelaysSeconds.slice(0, waits).reduce((sum, delay) => sum + delay, 0);
  return listed + Math.max(0, waits - nakDelaysSeconds.length) * last;
}

function duplicateFaults(durables: readonly Durable[]): Fault[] {
  return durables.flatMap((durable, i) => {
    const first = durables.slice(0, i).find(({ name }) => name === durable.name);
    if (first === undefined) return [];
    const message = `durable ${durable.name} is also that of ${placeOf(first)}, must be unique: give one of them its own topic`;
    return [fault('durable-duplicate', durable, message)];
  });
}

function workQueueFaults(durables: readonly Durable[]): Fault[] {
  const ofQueues = durables.filter(({ stream }) => stream?.retention === 'workqueue');
  return ofQueues.flatMap((durable, i) =>
    ofQueues
      .slice(0, i)
      .filter(({ stream, consumer }) => stream === durable.stream && overlap(consumer, durable.consumer))
      .map((other) => {
        const message = `its filter overlaps that of durable ${other.name} on work queue ${durable.stream?.name ?? ''}, where each message has one consumer: share the durable, or split the subjects`;
        return fault('work-queue-overlap', durable, message);
      }),
  );
}

function overlap(one: Consumer, other: Consumer): boolean {
  return filtersOverlap(filterOf(one.message.subject), filterOf(other.message.subject));
}

function placeOf({ service, consumer }: Durable): string {
  return `${service} consumes ${consumer.message.subject}`;
}

function fault(rule: string, durable: Durable, message: string): Fault {
  return { rule, place: placeOf(durable), message };
}
