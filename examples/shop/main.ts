/** Run it with `cdk8s-nats synth examples/shop/main.ts -o build/examples/shop`. */
import { shopApp } from './charts.ts';

shopApp(process.env['CDK8S_OUTDIR'] ?? 'build/examples/shop').synth();
