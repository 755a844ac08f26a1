/** The one direction of imports; docs/architecture.md draws it. Each rule says why. */
const zone = (name, comment, from, to, extra = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...extra.from },
  to: { path: to, ...extra.to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'a circle has no reading order, be it one of types alone',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment:
        'an import that is not there; the web’s virtual module is made by web/contract-faces.ts, and cdk8s-nats by the build',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|cdk8s-nats/)' },
    },
    zone('env-alone', 'env is the bottom: it imports no other zone', '^src/env/', '^(src|services|web|test)/', {
      to: { pathNot: '^src/env/' },
    }),
    zone('messaging-on-env', 'messaging stands on env alone', '^src/messaging/', '^(src|services|web|test)/', {
      to: { pathNot: '^src/(messaging|env)/' },
    }),
    zone('http-below', 'an HTTP contract knows neither server nor app', '^src/http/', '^(src|services|web|test)/', {
      to: { pathNot: '^src/(http|env|messaging)/' },
    }),
    zone(
      'client-on-http',
      'a client knows the HTTP contract alone',
      '^src/client/',
      '^(src|services|web|test)/|node_modules/',
      {
        to: { pathNot: '^src/(client|http)/' },
      },
    ),
    zone(
      'synth-alone',
      'synthesis serves any app: it knows cdk8s, and nothing of ours',
      '^src/synth/',
      '^(src|services|web|test)/',
      {
        to: { pathNot: '^src/synth/' },
      },
    ),
    zone(
      'declare-without-cdk8s',
      'a bundle of declarations holds no cdk8s',
      '^src/(env|messaging|http|declare)',
      'node_modules/(cdk8s|constructs)',
    ),
    zone(
      'manifests-without-cdk8s',
      'what reads manifests makes none: env and messaging are all it knows',
      '^src/manifests/',
      '(^(src|services|web|test)/)|node_modules/(cdk8s|cdk8s-plus-27|constructs)/',
      { to: { pathNot: '^src/(manifests|env|messaging)/' } },
    ),
    zone(
      'constructs-below',
      'constructs know env, messaging and manifests, no application',
      '^src/constructs/',
      '^(src/(runtime|video-platform|local|deploy|cli|main)|services|web|test)',
    ),
    zone(
      'testing-on-top',
      'the test kit starts what the library has, and only tests use it',
      '^src/(?!testing)',
      '^src/testing/',
    ),
    zone(
      'testing-without-cdk8s',
      'the test kit serves people who have no cdk8s',
      '^src/testing/',
      '^src/(index|video-platform|cli|deploy|synth|picture|main|constructs/(?!(nats/config|redis/acl)\\.ts$))|node_modules/(cdk8s|constructs)/',
    ),
    {
      name: 'command-line-without-cdk8s',
      comment: 'the command line and what it calls serve people who have no cdk8s',
      severity: 'error',
      from: { path: '^src/(cli|local|deploy)/' },
      to: { path: 'node_modules/(cdk8s|cdk8s-plus-27|constructs)/', reachable: true },
    },
    zone(
      'local-below-the-command-line',
      'the local runner knows env, messaging and manifests; the command line shows what it does',
      '^src/local/',
      '^(src|services|web|test)/',
      { to: { pathNot: '^src/(local|manifests|messaging|env)/' } },
    ),
    zone(
      'deploy-below-the-command-line',
      'the deployment knows env and manifests; arguments and the terminal belong to its callers',
      '^src/deploy/',
      '^(src|services|web|test)/',
      { to: { pathNot: '^src/(deploy|manifests|env)/' } },
    ),
    zone(
      'platform-by-the-face',
      'the application uses the library as a stranger would',
      '^src/video-platform/',
      '^src/(env|messaging|manifests|synth|constructs|runtime|local|deploy|cli)/',
    ),
    zone(
      'contracts-without-cdk8s',
      'contracts and catalog run in services and in the browser',
      '^src/video-platform/(contracts|catalog)/',
      '(^src/(index|constructs|manifests))|node_modules/(cdk8s|constructs)',
    ),
    zone(
      'layout-for-svg',
      'boxes are laid out for who asks for an SVG, never at synth',
      '^src/',
      'node_modules/@dagrejs/',
      {
        from: { pathNot: '^src/cli/graph/layout\\.ts$' },
      },
    ),
    {
      name: 'svg-on-demand',
      comment: 'graph loads the layout when an SVG is asked for',
      severity: 'error',
      from: { path: '^src/cli/graph/command\\.ts$' },
      to: { path: '^src/cli/graph/(svg|layout)\\.ts$', dependencyTypesNot: ['dynamic-import'] },
    },
    zone(
      'src-knows-no-service',
      'src knows neither a service nor the web',
      '^src/',
      '^(services|web|test|deploy|build-tools|demo|bench)/',
    ),
    zone(
      'services-hold-no-cdk8s',
      'a service bundle holds no cdk8s',
      '^services/',
      '(^src/(index|constructs|local|deploy|cli|main|video-platform/charts))|node_modules/(cdk8s|constructs)/',
    ),
    zone('services-apart', 'no service imports another', '^services/([^/]+)/', '^services/', {
      to: { pathNot: '^services/($1/|(platform|tracing)\\.ts$)' },
    }),
    zone(
      'runtime-below',
      'the runtime holds no cdk8s and reads no manifests',
      '^src/runtime/',
      '^src/|node_modules/(cdk8s|constructs)/',
      {
        to: { pathNot: '^src/(runtime|env|messaging|http|declare)' },
      },
    ),
    zone(
      'runtime-by-the-face',
      'services use the public names of the runtime, as a stranger would',
      '^services/',
      '^src/runtime/(?!index\\.ts$)',
    ),
    zone('web-on-contracts', 'the web knows the contracts and the client', '^web/', '^(src|services|test)/', {
      to: { pathNot: '^src/(video-platform/contracts|declare|env|messaging|http|client)' },
    }),
    zone(
      'product-without-tests',
      'nothing that ships imports tests',
      '^(src|services|web|deploy|build-tools|demo)/',
      '^test/',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
