/**
 * The import rules: who may import whom, one rule per top folder, as an allow-list. Run by
 * `npm run layers` and by a test that plants a violation of each.
 */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Files of a folder of `src` may import these folders of `src` and nothing else of it. */
const room = (folder, allowed, comment) =>
  rule(
    `${folder.replaceAll('/', '-')}-imports`,
    comment,
    { path: `^src/${folder}/` },
    { path: '^src/', pathNot: [`^src/${folder}/`, ...allowed.map((path) => `^src/${path}`)] },
  );

const FOUNDATION = ['lib/', 'domain/kernel/'];
const EDGES = [...FOUNDATION, 'ports/'];
const WRITE_SIDE = [...EDGES, 'domain/', 'engine/', 'commands/'];
const PROJECTION_READS = ['projections/.*/queries\\.ts$', 'projections/.*/document\\.ts$'];

module.exports = {
  forbidden: [
    room('lib', [], 'Plain helpers know neither business nor ports.'),
    room('domain', ['lib/'], 'Rules are pure: they import rules and plain helpers.'),
    rule(
      'domain-packages',
      'Schemas stand in events.ts and commands.ts, their atoms in kernel/schema.ts.',
      {
        path: '^src/domain/',
        pathNot: '/(events|commands|kernel/schema|kernel/define-(events|commands))\\.ts$',
      },
      { pathNot: '^src/' },
    ),
    rule(
      'typebox-only',
      'Rules need no package but TypeBox.',
      { path: '^src/domain/' },
      { pathNot: '^src/|^node_modules/@sinclair/typebox' },
    ),
    rule(
      'lib-packages',
      'Plain helpers need no package, and nothing of Node: the client shares them.',
      { path: '^src/lib/' },
      { pathNot: '^src/' },
    ),
    room('ports', FOUNDATION, 'A port is a type at an edge.'),
    room('engine', EDGES, 'The engine knows no business: it could be published.'),
    rule(
      'adapters-imports',
      'An adapter knows its ports and the types of the domain, never another adapter.',
      { path: '^src/adapters/([^/]+)/' },
      { path: '^src/', pathNot: '^src/adapters/($1|shared)/|^src/(ports|domain|lib)/' },
    ),
    room(
      'commands',
      [...EDGES, 'domain/', 'engine/commands/', 'engine/deliveries/'],
      'The write side knows rules and the command engine.',
    ),
    room(
      'projections',
      [
        ...EDGES,
        'domain/[^/]+/events\\.ts$',
        'domain/[^/]+/[^/]+/events\\.ts$',
        'engine/projections/',
      ],
      'The read side knows events, never rules.',
    ),
    room(
      'processes',
      [...EDGES, 'domain/', 'commands/', 'engine/processes/', 'engine/commands/'],
      'A process reacts to events with commands.',
    ),
    room(
      'api',
      [...WRITE_SIDE, 'processes/', ...PROJECTION_READS],
      'Of read models only queries and documents; never a feature, an adapter or the CLI.',
    ),
    room(
      'features',
      [...WRITE_SIDE, 'projections/', 'processes/', 'api/'],
      'A feature puts the layers of one concept together. It knows no adapter.',
    ),
    room(
      'app',
      [...WRITE_SIDE, 'projections/', 'processes/', 'api/', 'features/'],
      'The running system is built from ports and features. It knows no adapter.',
    ),
    room(
      'maintenance',
      [...EDGES, 'domain/', 'engine/', 'adapters/', 'features/', 'config\\.ts$'],
      'Work on storage without a server.',
    ),
    room(
      'cli',
      [...FOUNDATION, 'maintenance/', 'config\\.ts$', 'main\\.ts$'],
      'The command talks to a server by HTTP and to storage by maintenance.',
    ),
    room(
      'boot',
      [
        ...WRITE_SIDE,
        'projections/',
        'processes/',
        'api/',
        'features/',
        'app/',
        'adapters/',
        'config\\.ts$',
      ],
      'Starts an instance: everything but the CLI and maintenance.',
    ),
    rule(
      'root-imports',
      'The root holds the entry and the settings.',
      { path: '^src/[^/]+\\.ts$' },
      { path: '^src/', pathNot: '^src/([^/]+\\.ts$|boot/|lib/|domain/kernel/)' },
    ),
    rule(
      'no-unknown-folder',
      'A top folder without a rule of its own.',
      {
        path: '^src/[^/]+/',
        pathNot:
          '^src/(lib|domain|ports|engine|adapters|commands|projections|processes|api|features|app|maintenance|cli|boot)/',
      },
      {},
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
