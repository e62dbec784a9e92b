/** The import rules of the layers: who may know whom. Run by `npm run layers` and by a test. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'domain-knows-only-domain',
      'Rules are pure: they import rules, and TypeBox in events.ts.',
      { path: '^src/domain/' },
      { pathNot: '^src/domain/|^node_modules/@sinclair/typebox' },
    ),
    rule(
      'typebox-only-in-events',
      'Schemas stand beside the events that they describe.',
      { path: '^src/domain/', pathNot: '/events\\.ts$' },
      { path: '^node_modules/' },
    ),
    rule(
      'ports-are-types',
      'A port knows the kernel and other ports.',
      { path: '^src/ports/' },
      { pathNot: '^src/ports/|^src/domain/kernel/' },
    ),
    rule(
      'commands-know-domain',
      'The write side knows rules and ports.',
      { path: '^src/commands/' },
      { path: '^src/', pathNot: '^src/(commands|domain|ports)/' },
    ),
    rule(
      'projections-know-events',
      'The read side knows events, never rules; money is kernel.',
      { path: '^src/projections/' },
      {
        path: '^src/',
        pathNot: '^src/(projections|ports)/|^src/domain/kernel/|^src/domain/[^/]+/events\\.ts$',
      },
    ),
    rule(
      'the-projection-engine-knows-no-business',
      'It runs any projection.',
      { path: '^src/projections/engine/' },
      { path: '^src/', pathNot: '^src/projections/engine/|^src/ports/|^src/domain/kernel/' },
    ),
    rule(
      'the-command-engine-knows-no-business',
      'It runs any decider.',
      { path: '^src/commands/engine/' },
      { path: '^src/', pathNot: '^src/commands/engine/|^src/ports/|^src/domain/kernel/' },
    ),
    rule(
      'processes-know-commands',
      'A process reacts to events with commands.',
      { path: '^src/processes/' },
      { path: '^src/', pathNot: '^src/(processes|commands|domain|ports)/' },
    ),
    rule(
      'adapters-know-ports',
      'An adapter knows its ports and the types of the domain, never another adapter.',
      { path: '^src/adapters/([^/]+)/' },
      { path: '^src/', pathNot: '^src/adapters/($1|shared)/|^src/(ports|domain)/' },
    ),
    rule(
      'api-knows-commands-and-queries',
      'Of projections only queries and documents; of the domain only the kernel.',
      { path: '^src/(api|cli)/' },
      {
        path: '^src/',
        pathNot:
          '^src/(api|cli|commands|processes|ports)/|^src/domain/kernel/|^src/projections/([^/]+/(queries|document)|reads)\\.ts$|^src/projections/engine/projection-engine\\.ts$',
      },
    ),
    rule(
      'features-know-no-adapters',
      'Features put layers together; adapters come in through main.',
      { path: '^src/(features/|app\\.ts)' },
      { path: '^src/adapters/' },
    ),
    rule(
      'no-circles',
      'Modules form no circle.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'no-orphans',
      'Every module is used.',
      { orphan: true, pathNot: '^src/(main|cli/main)\\.ts$|^src/ports/' },
      {},
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'], conditionNames: ['import', 'node'] },
  },
};
