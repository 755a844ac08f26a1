export { ApiGateway } from './api-gateway.ts';
export type { ApiGatewayProps, ParentGateway } from './api-gateway.ts';
export { Deployer } from './deployer.ts';
export type { DeployerProps, DeployerSubject } from './deployer.ts';
export type { DeployTool, Right } from './deployer-rights.ts';
export { K3S_TRAEFIK } from './edge-peer.ts';
export type { GatewayRoute, ResolvedRoute, RoutedService } from './gateway-routes.ts';
export type { IngressController } from './ingress-timeouts.ts';
export { K3sTraefik } from './k3s-traefik.ts';
export type { K3sTraefikProps } from './k3s-traefik.ts';
export { PlatformNamespace } from './platform-namespace.ts';
export type { PlatformNamespaceProps } from './platform-namespace.ts';
export { RequiredSecrets, requiredSecrets, REQUIRED_SECRETS_KEY, REQUIRED_SECRETS_LABEL } from './required-secrets.ts';
export type {
  RequiredKey,
  RequiredSecret,
  RequiredSecretsProps,
  SecretOrigin,
  SecretOrigins,
} from './required-secrets.ts';
export { WebFrontend } from './web-frontend.ts';
export type { WebFrontendProps } from './web-frontend.ts';
export type { WebSetting } from './web-server-config.ts';
