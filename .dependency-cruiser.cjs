/** The boundaries of docs/architecture: each rule says what it protects. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two files are about one thing, or one is about two.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-is-pure',
      comment: 'Everything may import the kernel, so it may import nothing.',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The domain must be true with network and database unplugged: itself and the kernel only.',
      severity: 'error',
      from: { path: '^libs/[^/]+/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/([^/]+/domain|kernel)/' },
    },
    {
      name: 'application-knows-ports-only',
      comment:
        'Use cases speak to ports; a driver, Nest HTTP or a vendor here would make them untestable.',
      severity: 'error',
      from: { path: '^libs/[^/]+/application/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^libs/([^/]+/(domain|application)|kernel)/',
          '^node_modules/(uuid|@nestjs/common)/',
          // Hashes, which are as pure as the rest.
          '^crypto$',
          // Carries on what a log line and a trace belong to.
          '^async_hooks$',
        ],
      },
    },
    {
      name: 'edges-do-not-meet',
      comment: 'HTTP and jobs reach infrastructure through the application only: one way for data.',
      severity: 'error',
      from: { path: '^libs/[^/]+/(http|jobs)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/[^/]+/infrastructure/' },
    },
    {
      name: 'infrastructure-knows-no-edge',
      comment: 'An adapter serves a port; it never knows who asked.',
      severity: 'error',
      from: { path: '^libs/[^/]+/infrastructure/' },
      to: { path: '^libs/[^/]+/(http|jobs)/' },
    },
    {
      name: 'platform-knows-no-business',
      comment: 'Plumbing is shared by every context, so it may name none.',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^libs/(streaming|simulator|api-client)/' },
    },
    {
      name: 'api-client-knows-the-document-only',
      comment:
        'It is what any caller could generate: what it took from us, no other caller would have.',
      severity: 'error',
      from: { path: '^libs/api-client/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/', pathNot: '^libs/api-client/' },
    },
    {
      name: 'libs-know-no-app',
      comment: 'Apps compose libs, never the other way round.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-meet',
      comment: 'What runs without the API composes libs; what two of them need is a lib.',
      severity: 'error',
      from: { path: '^apps/(standalone|node-agent)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'supervision-knows-no-product',
      comment:
        'Looking after processes is shared by apps that run without Nest and without the API.',
      severity: 'error',
      from: { path: '^libs/supervision/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/', pathNot: '^libs/(supervision|kernel)/' },
    },
    {
      name: 'node-agent-takes-rules-only',
      comment:
        'The agent runs beside MediaMTX, with no database and no Nest: of Streaming it takes the pure rules, so that both judge a source alike.',
      severity: 'error',
      from: { path: '^apps/node-agent/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: ['^libs/', '^node_modules/(@nestjs|typeorm|pg)/'],
        pathNot:
          '^libs/(kernel|supervision|streaming/domain|platform/(config/environment|http/problem|logging/logged-error))',
      },
    },
    {
      name: 'product-knows-no-test',
      comment: 'What ships must not need the test folder.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'simulator-is-not-the-product',
      comment: 'The API must never reach for the simulator; only the local stack and tests do.',
      severity: 'error',
      from: { path: '^(apps/api|libs/(streaming|platform|kernel))/' },
      to: { path: '^libs/simulator/' },
    },
    {
      name: 'resolvable',
      comment:
        'An import that cannot be resolved here fails at run time (dist/ is made by the build).',
      severity: 'error',
      // What an earlier build has left in dist/ is not the source.
      from: { pathNot: '^dist/' },
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['vigia-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
