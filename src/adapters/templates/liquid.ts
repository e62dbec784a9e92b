import { Liquid } from 'liquidjs';

import { DomainError } from '../../domain/kernel/errors.ts';
import type { TemplateRenderer } from '../../ports/template-renderer.ts';

/** Named limits of one template. */
const LIMITS = {
  /** Characters of the template. */
  parse: 30_000,
  renderMs: 100,
  /** Values that it may hold at one time. */
  memory: 1_000_000,
};

const SHARED = {
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  // No template reads another one: there is nothing but these.
  templates: {},
  dynamicPartials: false,
  parseLimit: LIMITS.parse,
  renderLimit: LIMITS.renderMs,
  memoryLimit: LIMITS.memory,
  jekyllInclude: false,
} as const;

/** Liquid in strict mode: an unknown variable or filter is an error, never an empty text. */
export function createLiquidRenderer(): TemplateRenderer {
  const engines = {
    text: new Liquid(SHARED),
    html: new Liquid({ ...SHARED, outputEscape: 'escape' }),
  };

  return {
    render(template, variables, format) {
      try {
        return String(engines[format].parseAndRenderSync(template, { ...variables }));
      } catch (error) {
        throw invalid(error);
      }
    },
    variablesOf(template) {
      try {
        return engines.text.globalVariablesSync(template);
      } catch (error) {
        throw invalid(error);
      }
    },
  };
}

/** Its message names the place and the variable; templates hold no personal data. */
function invalid(error: unknown): DomainError {
  const [message = 'the template cannot be used'] = (error as Error).message.split('\n');
  return new DomainError('template_invalid', message.slice(0, 300));
}
