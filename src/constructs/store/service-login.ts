/**
 * A *login* is what a service uses to enter a store: its name as the user, and a password that is the same Secret key in
 * the service's pod and in the store's. The store reads that key off the service's declaration, so nobody writes it twice.
 */
import { expandValue } from '#env';
import type { Fault, KeyRef } from '#env';
import type { ServiceDeclaration } from '#messaging';

/** The login of one service at one store. */
export interface ServiceLogin {
  /** Name of the service, which is the name of its user. */
  readonly service: string;
  /** Key of the Secret that holds its password. */
  readonly password: KeyRef;
  /** Variable of the store's pod that holds the same password, such as `NATS_PASSWORD_AUTH`. */
  readonly variable: string;
}

/** Names of the variables in which a service's declaration carries a login. */
export interface LoginVariables {
  /** Variable with the user's name, such as `NATS_USER`. */
  readonly user: string;
  /** Variable with the password by secret reference, such as `NATS_PASSWORD`. */
  readonly password: string;
}

/** Logins and what is wrong with them. */
export interface ServiceLogins {
  readonly logins: readonly ServiceLogin[];
  readonly faults: readonly Fault[];
}

/** Reads the logins of services at one store from their declarations. */
export function serviceLogins(
  services: readonly ServiceDeclaration[],
  variables: LoginVariables,
  place: string,
): ServiceLogins {
  const results = services.map((service) => loginOf(service, variables, place));
  return {
    logins: results.flatMap((result) => ('login' in result ? [result.login] : [])),
    faults: results.flatMap((result) => result.faults),
  };
}

/** Name of the variable of a store's pod that holds a service's password: `('NATS_PASSWORD', 'my-app')` gives `NATS_PASSWORD_MY_APP`. */
export function loginVariable(passwordVariable: string, service: string): string {
  return `${passwordVariable}_${service.toUpperCase().replaceAll('-', '_')}`;
}

/** Environment entries of a store's container that hold the passwords, in the shape of Kubernetes. */
export function loginEnv(logins: readonly Pick<ServiceLogin, 'variable' | 'password'>[]): {
  readonly name: string;
  readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}[] {
  return logins.map(({ variable, password }) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: password.name, key: password.key } },
  }));
}

function loginOf(
  service: ServiceDeclaration,
  variables: LoginVariables,
  place: string,
): { faults: readonly Fault[]; login: ServiceLogin } | { faults: readonly Fault[] } {
  const where = `${place} service ${service.name}`;
  const faults = userFaults(service, variables, where);
  const source = service.env.find((variable) => variable.name === variables.password)?.source;
  const wayOut = `declare Env.secret('${variables.password}', …)`;
  if (source === undefined) {
    const message = `${service.name} uses the store but declares no ${variables.password}, a Secret reference: ${wayOut}`;
    return { faults: [...faults, { rule: 'login-password-missing', place: where, message }] };
  }
  if (source.kind !== 'secret') {
    const message = `${variables.password} comes from a ${source.kind}, but passwords must come from a Secret: ${wayOut}`;
    return { faults: [...faults, { rule: 'login-password-literal', place: where, message }] };
  }
  if (source.ref.optional === true) {
    const message = `${variables.password} is optional, but every user needs a password: remove optional`;
    return { faults: [...faults, { rule: 'login-password-optional', place: where, message }] };
  }
  const variable = loginVariable(variables.password, service.name);
  return { faults, login: { service: service.name, password: source.ref, variable } };
}

function userFaults(service: ServiceDeclaration, variables: LoginVariables, place: string): Fault[] {
  const declared = literalOf(service, variables.user);
  if (declared === undefined || declared === service.name) return [];
  const message = `${variables.user} is ${JSON.stringify(declared)}, but the user of a service has its name: set it to ${service.name}, or omit it`;
  return [{ rule: 'login-user-mismatch', place, message }];
}

/** What a variable that is made of literals alone reads as; undefined when it is not declared or not known at synth. */
export function literalOf(service: ServiceDeclaration, name: string, seen: readonly string[] = []): string | undefined {
  const source = service.env.find((variable) => variable.name === name)?.source;
  if (source?.kind !== 'value' || seen.includes(name)) return undefined;
  let known = true as boolean;
  const value = expandValue(source.value, (other) => {
    const text = literalOf(service, other, [...seen, name]);
    if (text === undefined) known = false;
    return text;
  });
  return known ? value : undefined;
}
