import type { Chart } from 'cdk8s';
import { NatsMicroservice } from '#constructs';
import type { NatsMicroserviceProps } from '#constructs';
import { rendered } from '#test-support/rendered';

/** An image that does not move. */
export const ORDERS_IMAGE = 'registry.example/shop/orders:1.4.2';

/** Renders one service `orders` and looks at its objects. */
export function orders(props: Partial<NatsMicroserviceProps> = {}, around: (chart: Chart) => void = () => undefined) {
  const look = rendered((chart) => {
    around(chart);
    new NatsMicroservice(chart, 'orders', { image: ORDERS_IMAGE, ...props });
  });
  const deployment = look.object('Deployment/orders').at('spec');
  const pod = deployment.at('template', 'spec');
  return {
    ...look,
    deployment,
    pod,
    container: pod.at('containers', 0),
    policy: look.object('NetworkPolicy/orders').at('spec'),
  };
}
