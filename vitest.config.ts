import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { whyNoCluster } from './test/support/cluster/programs.ts';
import { contractFaces } from './web/contract-faces.ts';

/** Suites that start servers of their own: each file waits for them much of its time, so two of them share two cores. */
const SERVERS = [
  'test/runtime/**',
  'test/services/**',
  'test/local/**',
  'test/constructs/servers/**',
  'test/testing/**',
];
const SERVER_FILES_AT_ONCE = 2;
const BROWSER = ['test/e2e/**'];
const FAULTS = ['test/faults/**'];
const IMAGES = ['test/images/**'];
/** On a real API server; where none is asked for, only the file that needs none is run, and one line says so. */
const CLUSTER = ['test/cluster/**'];
/** Of tests on many processes at once; one that needed it is named at the end of the run, and is to be mended. */
const RETRIES = 1;
/** The examples and the programs of the guide import the library by its own name, as a project does. */
const OWN_NAME = {
  alias: [
    { find: /^cdk8s-nats$/, replacement: resolve('src/index.ts') },
    { find: /^cdk8s-nats\/(.*)$/, replacement: resolve('src/$1.ts') },
  ],
};

export default defineConfig({
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      {
        resolve: OWN_NAME,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...SERVERS, ...BROWSER, ...FAULTS, ...IMAGES, ...CLUSTER, 'test/web/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: OWN_NAME,
        test: {
          name: 'services',
          include: SERVERS.map((folder) => `${folder}/*.test.ts`),
          maxWorkers: SERVER_FILES_AT_ONCE,
          retry: RETRIES,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // after what needs no server, so that neither waits for the other's turn on the processor
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'faults',
          include: FAULTS.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: BROWSER.map((folder) => `${folder}/*.test.ts`),
          // pictures for the documentation are made on demand
          exclude: process.env.SCREENSHOTS === '1' ? [] : ['test/e2e/pictures.test.ts'],
          globalSetup: 'test/e2e/platform-setup.ts',
          fileParallelism: false,
          retry: RETRIES,
          testTimeout: 240_000,
          hookTimeout: 400_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // builds images with buildah: minutes, and root
        test: {
          name: 'images',
          include: IMAGES.map((folder) => `${folder}/*.test.ts`),
          testTimeout: 120_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include:
            whyNoCluster() === undefined
              ? CLUSTER.map((folder) => `${folder}/*.test.ts`)
              : ['test/cluster/cluster-programs.test.ts'],
          exclude: process.env.TEST_HELM === undefined ? ['test/cluster/helm.test.ts'] : [],
          globalSetup: 'test/cluster/cluster-setup.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        plugins: [vue(), contractFaces()],
        test: { name: 'web', include: ['test/web/**/*.test.ts'], environment: 'happy-dom', testTimeout: 60_000 },
      },
    ],
  },
});
