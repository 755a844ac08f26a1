/** Why a NATS server does not start with a text: what it cannot read, includes in vain, does not define, or does not know. */
import { nearestName } from '#nearest-name';
import { expandContainerEnv } from '#env';
import { natsConfigFault, parseNatsConfig } from '../nats-config.ts';
import type { ManifestSet } from '../manifest-set.ts';
import { natsConfigurations, type NatsConfiguration } from '../nats-configurations.ts';
import { rawEnv } from '../raw-env.ts';
import { nearest } from './check.ts';

/** A problem of a text, and the file beside it that it is in. */
export interface NatsConfigProblem {
  readonly file: string | undefined;
  readonly message: string;
}

const CHECKED_BY = 'nats-server -t -c FILE checks it';

/** Every problem of a configuration of a set; worked out once. */
export function problemsOf(set: ManifestSet, configuration: NatsConfiguration): readonly NatsConfigProblem[] {
  return set.derived(problemsByConfiguration).get(configuration) ?? [];
}

function problemsByConfiguration(set: ManifestSet): ReadonlyMap<NatsConfiguration, readonly NatsConfigProblem[]> {
  return new Map(natsConfigurations(set).map((it) => [it, natsConfigProblems(it)]));
}

/** Every problem of a configuration and of the files that it includes. */
function natsConfigProblems(configuration: NatsConfiguration): readonly NatsConfigProblem[] {
  const { text, files } = configuration;
  const included = includedFiles(text, files);
  const texts = [{ file: undefined, text }, ...included.flatMap((file) => textOf(file, files))];
  const broken = texts.flatMap(({ file, text: it }) => syntaxProblems(file, it));
  if (broken.length > 0) return broken;
  return [
    ...texts.flatMap(({ file, text: it }) => missingIncludes(configuration, file, it)),
    ...undefinedVariables(configuration, texts),
    ...unknownSettings(text, files),
  ];
}

function textOf(
  file: string,
  files: Readonly<Record<string, string>>,
): { readonly file: string; readonly text: string }[] {
  const text = files[file];
  return text === undefined ? [] : [{ file, text }];
}

const INCLUDE = /^\s*include\s+(?:"([^"\n]+)"|'([^'\n]+)'|([^\s'"]+))/gm;

function includesOf(text: string): readonly string[] {
  return [...text.matchAll(INCLUDE)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

/** Files that lie beside the text and are included by it, each once. */
function includedFiles(text: string, files: Readonly<Record<string, string>>): readonly string[] {
  const found = new Set<string>();
  const open = [text];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const path of includesOf(next)) {
      const name = path.split('/').at(-1) ?? '';
      const inner = files[name];
      if (inner === undefined || found.has(name) || inner === text) continue;
      found.add(name);
      open.push(inner);
    }
  }
  return [...found];
}

function syntaxProblems(file: string | undefined, text: string): NatsConfigProblem[] {
  const offset = natsConfigFault(text);
  if (offset === undefined) return [];
  const what =
    offset >= text.trimEnd().length
      ? 'lacks a closing bracket'
      : `cannot be read at line ${text.slice(0, offset).split('\n').length}`;
  const subject = file === undefined ? 'the configuration of NATS' : `the configuration of NATS in ${file}`;
  return [{ file, message: `${subject} ${what}, so the server does not start: correct it (${CHECKED_BY})` }];
}

/** A file of the same folder must be in the ConfigMap that is mounted there. */
function missingIncludes(
  { files, whole, object }: NatsConfiguration,
  file: string | undefined,
  text: string,
): NatsConfigProblem[] {
  if (!whole) return [];
  return includesOf(text)
    .filter((path) => /^(?:\.\/)?[^/$]+$/.test(path) && files[path.replace('./', '')] === undefined)
    .map((path) => {
      const name = path.replace('./', '');
      const message = `the configuration of NATS includes ${name}, which the ConfigMap ${object.name} does not have, so the server does not start: ${nearest(name, Object.keys(files))}`;
      return { file, message };
    });
}

/** Text without what is quoted or a comment. */
function bare(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?:#|\/\/).*$/gm, '""');
}

/** `$NAME` stands for a variable of the server's environment, or for a key of the configuration. */
function undefinedVariables(
  { server }: NatsConfiguration,
  texts: readonly { readonly file: string | undefined; readonly text: string }[],
): NatsConfigProblem[] {
  if (server.at('envFrom').exists) return [];
  const env = Object.keys(expandContainerEnv({ env: rawEnv(server), resolve: () => '' }).values);
  const keys = texts.flatMap(({ text }) =>
    [...bare(text).matchAll(/([A-Za-z_]\w*)\s*[:={]/g)].map(([, key]) => key ?? ''),
  );
  const known = new Set([...env, ...rawEnv(server).map(({ name }) => name), ...keys]);
  return texts.flatMap(({ file, text }) => {
    const used = [...bare(text).matchAll(/(?:^|[\s:=[,])\$([A-Za-z_]\w*)(?=$|[\s,\]}])/gm)].map(
      ([, name]) => name ?? '',
    );
    return [...new Set(used)]
      .filter((name) => !known.has(name))
      .map((name) => {
        const message = `the configuration of NATS reads $${name}, which neither the container nor the configuration defines, so the server does not start: ${nearest(name, env)}`;
        return { file, message };
      });
  });
}

/** Settings at the top of nats.conf. https://docs.nats.io/running-a-nats-service/configuration */
const SETTINGS =
  'accounts allow_non_tls authorization client_advertise cluster connect_error_reports debug default_js_domain default_permissions default_sentinel disable_sublist_cache gateway host http http_base_path http_port https https_port jetstream lame_duck_duration lame_duck_grace_period leafnode leafnodes listen log_file log_size_limit logfile logfile_size_limit logfile_max_num logtime logtime_utc max_conn max_connections max_control_line max_payload max_pending max_sub_tokens max_subs max_subscriptions max_subscription_tokens max_traced_msg_len maps mappings monitor_port mqtt net no_auth_user no_fast_producer_stall no_header_support no_sublist_cache no_system_account ocsp ocsp_cache operator operators ping_interval ping_max pid_file pidfile port ports_file_dir prof_block_rate prof_port proxies reconnect_error_reports remote_syslog resolver resolver_pinned_accounts resolver_preload resolver_tls root roots server_metadata server_name server_tags store_dir storedir syslog system system_account tls trace trace_headers trace_verbose trusted trusted_keys websocket write_deadline write_timeout ws'.split(
    ' ',
  );

/** Only what is near to a setting: a key may also be a variable that others read. */
function unknownSettings(text: string, files: Readonly<Record<string, string>>): NatsConfigProblem[] {
  const map = parseNatsConfig(text, files) ?? {};
  return Object.keys(map).flatMap((key) => {
    if (SETTINGS.includes(key) || new RegExp(`\\$${key.replace(/\W/g, '\\$&')}\\b`, 'i').test(text)) return [];
    const near = nearestName(key, SETTINGS);
    if (near === undefined) return [];
    const message = `the configuration of NATS has an unknown setting ${key}, so the server does not start: did you mean ${near}`;
    return [{ file: undefined, message }];
  });
}
