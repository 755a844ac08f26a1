/** `$(NAME)` outside of `env`: commands, arguments, probes, lifecycle hooks and sub-paths each see something else. */
import { looksLikeCredential, referencesOf, scan } from '#env';
import { nearestName } from '#nearest-name';
import type { Cursor } from '#manifests';
import { isApiServerVariable } from '#service-links';
import { hasUnknownSource, type LintedContainer } from './containers.ts';
import type { Surroundings } from './environment-rules.ts';
import type { Remark } from './finding.ts';
import { isMeantForKubelet, isNoCredential } from './known-names.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;
/** A word that hands the rest to a shell, for which `$(NAME)` is a command. */
const SHELL = /(?:^|\/)(?:ba|da|a|z|k)?sh$|^-\w*c$/;
const SERVICE_VARIABLE = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** Every reference that does not get the value that its author meant. */
export function commandRemarks(container: LintedContainer, around: Surroundings): readonly Remark[] {
  return [
    ...argumentRemarks(container, around),
    ...wordRemarks(container),
    ...PROBES.flatMap((probe) => probeRemarks(container, probe)),
    ...HOOKS.flatMap((hook) => hookRemarks(container, hook)),
    ...subPathRemarks(container, around),
  ];
}

function argumentRemarks(container: LintedContainer, around: Surroundings): Remark[] {
  const words = ['command', 'args'].flatMap((field) => container.at.at(field).items);
  if (words.some((word) => SHELL.test(word.text ?? ''))) return [];
  const sees = seenNames(container, around);
  if (sees === undefined) return [];
  return words.flatMap((word) =>
    unknownIn(word, sees, around.serviceLinks).map((name) => {
      const near = nearestName(name, sees);
      const hint =
        near === undefined ? `define ${name} in env` : `did you mean $(${near})? otherwise define ${name} in env`;
      const message = `$(${name}) in the arguments references an undefined variable (the ENV of the image is not visible), so the program receives the text unexpanded: ${hint}`;
      return { rule: 'argument-unknown' as const, container: container.name, message, pointer: word.pointer };
    }),
  );
}

function unknownIn(word: Cursor, sees: ReadonlySet<string>, serviceLinks: boolean): string[] {
  const text = word.text ?? '';
  if (text.includes('\n')) return [];
  const spelt = new Set([...sees].map((name) => name.toLowerCase()));
  return referencesOf(text).filter((name) => {
    if (sees.has(name) || isApiServerVariable(name)) return false;
    // a Service that is not here may give it
    if (serviceLinks && SERVICE_VARIABLE.test(name)) return false;
    return isMeantForKubelet(name) || spelt.has(name.toLowerCase());
  });
}

/** What each word of a command line tells by itself. */
function wordRemarks(container: LintedContainer): Remark[] {
  return ['command', 'args'].flatMap((field) => {
    const words = container.at.at(field).items;
    return words.flatMap((word, index) => {
      const text = word.text ?? '';
      const of = (rule: Remark['rule'], message: string): Remark => ({
        rule,
        container: container.name,
        message,
        pointer: word.pointer,
      });
      const option = /^--?([\w.-]+)$/.exec(words[index - 1]?.text ?? '')?.[1] ?? '';
      const reason = text.startsWith('-') ? looksLikeCredential('', text) : looksLikeCredential(option, text);
      const remarks: Remark[] = [];
      if (reason !== undefined && !isNoCredential(option, text, container.mountedSecrets)) {
        const why = option !== '' && reason.includes('name') ? `it is the value of ${option}` : reason;
        remarks.push(
          of(
            'env-credential',
            `an item of ${field} contains a credential (not shown), ${why}: use a Secret, read it into env with valueFrom.secretKeyRef, and reference it here as $(NAME)`,
          ),
        );
      }
      if (isProcessId(text)) {
        remarks.push(
          of(
            'env-escape',
            `an item of ${field} contains $$, which the kubelet turns into a single $: write $$$$ if the shell must see two`,
          ),
        );
      }
      return remarks;
    });
  });
}

/** `$$` for the number of the process: nothing follows that it could be the escape of. */
function isProcessId(text: string): boolean {
  const tokens = scan(text);
  return tokens.some((token, index) => {
    if (token.kind !== 'escape') return false;
    const [before, next] = [tokens[index - 1], tokens[index + 1]];
    if (before?.kind === 'escape' || next?.kind === 'escape') return false;
    return next === undefined || (next.kind === 'text' && !/^[({A-Za-z_0-9@*?#!-]/.test(next.text));
  });
}

function probeRemarks(container: LintedContainer, probe: string): Remark[] {
  return container.at.at(probe, 'exec', 'command').items.flatMap((word) =>
    referencesOf(word.text ?? '').flatMap((name): Remark[] => {
      const entry = container.entries.findLast((it) => it.name === name);
      if (entry === undefined) return [];
      const raw = entry.value ?? '';
      const bare = raw === '' && entry.valueFrom !== undefined;
      if (!bare && referencesOf(raw).length === 0 && !raw.includes('$$')) return [];
      const gets = bare ? 'the empty string, because it comes by valueFrom' : 'its unexpanded text';
      const message = `$(${name}) in the command of ${probe} is replaced by ${gets}: let a shell read it, as in sh -c with "$${name}" in the text`;
      return [{ rule: 'probe-environment', container: container.name, message, pointer: word.pointer }];
    }),
  );
}

function hookRemarks(container: LintedContainer, hook: string): Remark[] {
  const names = new Set(container.entries.map((entry) => entry.name));
  return container.at.at('lifecycle', hook, 'exec', 'command').items.flatMap((word) =>
    referencesOf(word.text ?? '')
      .filter((name) => names.has(name))
      .map((name) => {
        const message = `$(${name}) in the command of ${hook} is not expanded, as in all hooks: let a shell read it, as in sh -c with "$${name}" in the text`;
        return { rule: 'hook-environment' as const, container: container.name, message, pointer: word.pointer };
      }),
  );
}

function subPathRemarks(container: LintedContainer, around: Surroundings): Remark[] {
  const sees = seenNames(container, around);
  if (sees === undefined) return [];
  return container.at.at('volumeMounts').items.flatMap((mount) => {
    const at = mount.at('subPathExpr');
    return referencesOf(at.text ?? '')
      .filter((name) => !sees.has(name) && isMeantForKubelet(name))
      .map((name) => {
        const message = `$(${name}) in subPathExpr references an undefined variable, so the container does not start: define ${name} in env`;
        return { rule: 'sub-path-unknown' as const, container: container.name, message, pointer: at.pointer };
      });
  });
}

/** Names that the final environment holds; undefined when not all of them can be known. */
function seenNames(container: LintedContainer, { envFrom, unfinished }: Surroundings): ReadonlySet<string> | undefined {
  const known = !hasUnknownSource(container, envFrom) && envFrom.every((it) => it.keys !== undefined);
  if (unfinished || !known) return undefined;
  const inherited = envFrom.flatMap(({ keys = [], prefix = '' }) => keys.map((key) => prefix + key));
  return new Set([...container.entries.map((entry) => entry.name), ...inherited]);
}
