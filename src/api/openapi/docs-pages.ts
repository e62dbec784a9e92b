import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import express, { type Response, type Router } from 'express';

import { requestContextOf } from '../http/request-context.ts';
import { pageHeaders } from '../http/security-headers.ts';
import { errorsPage } from './errors-page.ts';
import { SETUP_PAGE, SETUP_SCRIPT } from './setup-page.ts';
import { VIEW_PAGE, VIEW_SCRIPT } from './view-page.ts';

/** The viewer's files that its page needs; the package contains many more. */
const ASSETS = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']);
const ASSET_MAX_AGE_MS = 3_600_000;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tillstream API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
    <link rel="icon" href="/docs/assets/favicon-32x32.png" />
  </head>
  <body>
    <div id="api"></div>
    <noscript>This page needs JavaScript. The document itself is at /openapi.json.</noscript>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/assets/init.js"></script>
  </body>
</html>
`;

/** Each write that is tried gets a key of its own, unless one is given. */
const INIT = `function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return 'try-' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
fetch('/openapi.json')
  .then((response) => response.json())
  .then((spec) => {
    spec.components.parameters.IdempotencyKey.required = false;
    window.ui = SwaggerUIBundle({
      spec,
      dom_id: '#api',
      deepLinking: true,
      displayRequestDuration: true,
      persistAuthorization: false,
      validatorUrl: null,
      requestInterceptor(request) {
        if (request.method !== 'GET') request.headers['Idempotency-Key'] ||= freshKey();
        return request;
      },
      onComplete() {
        const key = sessionStorage.getItem('tillstream-key');
        if (key) window.ui.preauthorizeApiKey('apiKey', key);
      },
    });
  });
`;

/** The interactive documentation. It loads nothing from other hosts (B5). */
export function docsPages(): Router {
  const router = express.Router();
  router.use(pageHeaders());
  router.get('/', (_req, res) => {
    page(res, '/docs', 'text/html; charset=utf-8', PAGE);
  });
  router.get('/errors', (_req, res) => {
    page(res, '/docs/errors', 'text/html; charset=utf-8', errorsPage());
  });
  router.get('/assets/init.js', (_req, res) => {
    page(res, '/docs/assets/init.js', 'text/javascript; charset=utf-8', INIT);
  });
  router.get('/view', (_req, res) => {
    page(res, '/docs/view', 'text/html; charset=utf-8', VIEW_PAGE);
  });
  router.get('/assets/view.js', (_req, res) => {
    page(res, '/docs/assets/view.js', 'text/javascript; charset=utf-8', VIEW_SCRIPT);
  });
  router.get('/setup', (_req, res) => {
    page(res, '/docs/setup', 'text/html; charset=utf-8', SETUP_PAGE);
  });
  router.get('/assets/setup.js', (_req, res) => {
    page(res, '/docs/assets/setup.js', 'text/javascript; charset=utf-8', SETUP_SCRIPT);
  });
  router.get('/assets/:file', (req, res, next) => {
    const { file } = req.params;
    if (!ASSETS.has(file)) {
      next();
      return;
    }
    requestContextOf(res).route = '/docs/assets/:file';
    res.sendFile(file, { root: viewerFolder(), maxAge: ASSET_MAX_AGE_MS });
  });
  return router;
}

function page(res: Response, route: string, type: string, text: string): void {
  requestContextOf(res).route = route;
  res.setHeader('Content-Type', type);
  res.setHeader('Cache-Control', 'no-cache');
  res.end(text);
}

let folder: string | undefined;

function viewerFolder(): string {
  const { resolve } = createRequire(import.meta.url);
  return (folder ??= dirname(resolve('swagger-ui-dist/package.json')));
}
