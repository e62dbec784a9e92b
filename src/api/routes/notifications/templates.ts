import { Type } from '@sinclair/typebox';

import { DomainError } from '../../../domain/kernel/errors.ts';
import {
  templateDecider,
  templateId,
  type TemplateText,
  type Topic,
  variablesOf,
} from '../../../domain/notifications/index.ts';
import type { TemplateRenderer } from '../../../ports/template-renderer.ts';
import { TemplateVersionSchema } from '../../../projections/notifications/templates/document.ts';
import { listTemplates } from '../../../projections/notifications/templates/queries.ts';
import { query } from '../../query.ts';
import { pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import { PreviewBody, PreviewResponse, TemplateBody } from './schemas.ts';
import { tag } from './send.ts';

/** @throws DomainError template_invalid naming the variable that the topic does not have. */
function assertKnownVariables(
  renderer: TemplateRenderer,
  topic: Topic,
  template: Partial<TemplateText>,
): void {
  const known = variablesOf(topic);
  for (const [part, text] of Object.entries(template)) {
    const unknown = renderer.variablesOf(text).find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    throw new DomainError(
      'template_invalid',
      `${part}: expected the variables ${known.join(', ')}, found ${unknown}`,
      { part, variable: unknown },
    );
  }
}

export const templateRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/notification-templates',
    operationId: 'saveTemplate',
    summary: 'Save what a notification says, as a new version',
    description: 'Liquid in strict mode: an unknown variable or filter is an error.',
    tag,
    permission: 'notifications:send',
    body: TemplateBody,
    status: 201,
    response: Type.Object({
      templateId: Type.String(),
      version: Type.Integer({ minimum: 1 }),
      ...written,
    }),
    write: true,
    revisioned: true,
    example: {
      topic: 'welcome',
      language: 'en',
      subject: 'Welcome, {{ customerName }}',
      text: 'Nice to see you at {{ storeName }}.',
      html: '<p>Nice to see you at {{ storeName }}.</p>',
      sms: 'Nice to see you at {{ storeName }}.',
    },
    errors: ['template_invalid'],
    async handle(request, { renderer }) {
      const { topic, language, ...template } = request.body;
      assertKnownVariables(renderer, topic, template);
      const id = templateId(topic, language);
      const data = request.body;
      const result = await request.execute(templateDecider, id, { type: 'SaveTemplate', data });
      const { version } = result.state;
      return {
        ...writeResult(201, result),
        body: { templateId: id, version, ...writtenAt(result) },
      };
    },
  }),
  query({
    path: '/notification-templates',
    operationId: 'listTemplates',
    summary: "The shop's versions of templates, the newest first",
    tag,
    permission: 'deliveries:read',
    query: Type.Object(pageQuery),
    response: pageOf(TemplateVersionSchema),
    async read({ query: page, reads }) {
      return pageResponse(await listTemplates(reads, page));
    },
  }),
  route({
    method: 'post',
    path: '/notification-templates/preview',
    operationId: 'previewTemplate',
    summary: 'What a notification would say; nothing is sent',
    tag,
    permission: 'notifications:send',
    body: PreviewBody,
    status: 200,
    response: PreviewResponse,
    write: false,
    example: { topic: 'welcome', language: 'es', variables: { customerName: 'Marta' } },
    errors: ['template_invalid'],
    async handle({ body, caller }, { notifier, renderer }) {
      const { topic, language, variables = {}, template = {} } = body;
      assertKnownVariables(renderer, topic, template);
      const storeId = caller.shop.id;
      const preview = await notifier.preview({ storeId, topic, language, variables, template });
      return { status: 200, body: preview };
    },
  }),
];
