/** Run it with `node --import tsx examples/shop/main.ts`; it writes build/examples/shop. */
import { shopApp } from './charts.ts';

shopApp('build/examples/shop').synth();
