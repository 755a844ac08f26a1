/** The one Secret of the app. Its values are generated; `npx cdk8s-nats secrets list dist` prints what it must hold. */
import { secretKeys } from 'cdk8s-nats/declare';

export const secrets = secretKeys('shop-secrets');
