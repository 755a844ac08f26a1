import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const MANIFESTS = `apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: a, env: [{name: NATS_URL, value: "nats://nats:4222"}, {name: MAIL_URL, value: "https://mail.example.org"}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: nats, namespace: shop}, spec: {selector: {app: nats}, ports: [{port: 4222}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: nats, namespace: shop}
spec: {template: {metadata: {labels: {app: nats}}, spec: {containers: [{name: n}]}}}
`;

async function drawn(...args: readonly string[]): Promise<string> {
  const terminal = capturedTerminal(MANIFESTS);
  expect(await runGraph(args, terminal)).toBe(0);
  return terminal.written.out;
}

describe('graph', () => {
  it('draws who dials whom as Mermaid', async () => {
    expect(await drawn()).toBe(`flowchart LR
  n0{{"mail.example.org"}}
  n1["api"]
  n2[("nats")]
  n1 -->|"https:443"| n0
  n1 -->|"nats:4222"| n2
`);
  });

  it('draws the same as DOT', async () => {
    expect(await drawn('--format', 'dot')).toContain('"shop/Pod/api" -> "shop/StatefulSet/nats" [label="nats:4222"]');
  });
});
