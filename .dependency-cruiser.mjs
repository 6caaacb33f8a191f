/**
 * The four rules that hold the architecture, over the compiled modules (imports of types alone are gone there);
 * test/src/architecture.test.ts plants a violation of each.
 */
const pureNeeds = [
  '(^|/)(packages|services)/[^/]+/dist/domain/',
  '(^|/)packages/(event-sourcing|regulations)/dist/',
  '(^|/)packages/contracts/dist/(?!generated)',
];

export default {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'A domain imports domains, event-sourcing, regulations and the declarations in contracts: no Nest, stores, clock or random.',
      severity: 'error',
      from: { path: '(^|/)dist/domain/', pathNot: '\\.test\\.js$' },
      to: { pathNot: pureNeeds },
    },
    {
      name: 'services-do-not-import-services',
      comment: 'Services meet in proto/ and in topics; standalone composes them by their modules.',
      severity: 'error',
      from: { path: '(^|/)services/([^/]+)/', pathNot: '(^|/)services/standalone/' },
      to: { path: '(^|/)services/([^/]+)/', pathNot: '(^|/)services/$2/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'What imports each other is one thing.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'drivers-stay-in-their-adapters',
      comment: 'One file knows kafkajs; only the MongoDB adapters know mongoose.',
      severity: 'error',
      from: { pathNot: '(^|/)packages/(event-log/dist/kafka-driver|[^/]+/dist/mongo-[^/]+)\\.js$' },
      to: { path: 'node_modules/(kafkajs|mongoose)(/|$)|^(kafkajs|mongoose)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.js', '.mjs'],
    },
  },
};
