/** Which live references nobody should be told of, because something outside the manifest answers them or reads them. */

/** Variables that controllers and webhooks add to a container that they meet. */
const INJECTED =
  /^(?:LWS_\w+|JOB_COMPLETION_INDEX|AWS_(?:ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|REGION|DEFAULT_REGION|STS_REGIONAL_ENDPOINTS|CONTAINER_\w+)|AZURE_(?:CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)|(?:HTTPS?|NO)_PROXY|(?:DD|OTEL)_\w+|NVIDIA_\w+)$/i;
/** Substitution of another tool that uses the same brackets: Tekton's, and kustomize's when they were not put in. */
const FOREIGN = /^(?:params|context|workspaces|tasks|inputs|outputs|resources|results|steps|tt|finally)\b.*[.[]/;
/** What people call a variable: capitals and underscores. `$(hostname)` and `$(cat /etc/x)` are for a shell. */
const VARIABLE = /^(?=.*[A-Z])[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a name that nothing defines is meant for the kubelet, and nobody else is known to answer it. */
export function isMeantForKubelet(name: string): boolean {
  return VARIABLE.test(name) && /[A-Z_]{2}|^[A-Z]$/.test(name) && !INJECTED.test(name) && !FOREIGN.test(name);
}

/** Text that a tool fills in before the manifest is applied: `${NAME}`, `{{ name }}`, `<name>`, `@name@`, `%NAME%`. */
const MARKED = /\$\{|\$\(|\{\{|^<.*>$|^@\w+@$|^%\w+%$|^\$\w+$|^__\w+__$|REPLACE|CHANGE_?ME/i;
/** Text that a person fills in: `PORT`, `API_KEY_VAL`, `nvapi-KEY`. */
const CAPITALS = /^(?:[a-z]+[-_.])?(?:[A-Z]{4,}|[A-Z]+(?:_[A-Z]+)+)$/;

/** Whether a text stands for one that is put in before the manifest is applied. */
export function isPlaceholder(text: string): boolean {
  return MARKED.test(text) || CAPITALS.test(text);
}

/** Names that sound like a credential but are not; the images of JBoss take the name of a Secret by some. */
const PUBLIC_NAME = /^(?:ETCD_INITIAL_CLUSTER_TOKEN|JGROUPS_ENCRYPT_SECRET|\w+_KEYSTORE_SECRET)$/;
/** Names of a switch, which may be set by a figure: `MYSQL_ALLOW_EMPTY_PASSWORD`. */
const SWITCH_NAME = /(?:^|_)(?:ALLOW|ENABLED?|DISABLED?|REQUIRED?|SKIP|USE|RANDOM)_/i;
/** A text that somebody has to replace before use: `INSERT_TOKEN_HERE`, `your-api-key`, `xxxxxxxx`. */
const TO_REPLACE = /your[-_ ]|^insert|example|replace|change[-_]?me|here[>"]?$|^x{3,}$|^\*+$|\.\.\.$/i;
/** What `--secret` of a program names: `volcano-admission-secret`. */
const SECRET_NAME = /^[a-z]+(?:-[a-z\d]+)+-secret$/;
/** A text that means "no value". */
const NOTHING = /^(?:disabled|unset|unused|n\/a|-)$/i;

/** Whether a literal that is called a credential is plainly none, given the names of the Secrets that its pod names. */
export function isNoCredential(name: string, value: string, secrets: ReadonlySet<string>): boolean {
  if (PUBLIC_NAME.test(name) || (SWITCH_NAME.test(name) && /^[01]$/.test(value))) return true;
  if (name === 'secret' && SECRET_NAME.test(value)) return true;
  return secrets.has(value) || isPlaceholder(value) || TO_REPLACE.test(value) || NOTHING.test(value);
}
