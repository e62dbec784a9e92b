import { auditRoutes } from '../api/routes/audit-trail/audit.ts';
import type { AuditRules } from '../domain/kernel/audit.ts';
import { auditTrail } from '../projections/audit-trail/projection.ts';
import type { AuditPolicy } from '../projections/audit-trail/queries.ts';
import { categoriesOf, defineFeature, type Feature } from './feature.ts';

/** The audit trail of all other features. */
export function auditTrailOf(concepts: readonly Feature[]): Feature {
  return defineFeature({
    name: 'audit-trail',
    projections: [auditTrail(categoriesOf(concepts), rulesOf(concepts))],
    documents: {
      'audit-trail': 'A refusal, denial or other action that matters for security: `GET /audit`.',
    },
    routes: auditRoutes,
  });
}

/** How the events of the features are audited. */
export function auditPolicyOf(features: readonly Feature[]): AuditPolicy {
  const entities = features.flatMap(({ timeTravel }) => timeTravel);
  return {
    rules: rulesOf(features),
    models: new Map(entities.map(({ category, readModel }) => [category, readModel])),
  };
}

function rulesOf(features: readonly Feature[]): AuditRules {
  return Object.assign({}, ...features.map(({ audit }) => audit)) as AuditRules;
}
