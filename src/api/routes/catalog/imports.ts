import { Type } from '@sinclair/typebox';

import type { ProductImporter } from '../../../commands/catalog-import/import-item.ts';
import { importProducts } from '../../../commands/catalog-import/import-products.ts';
import { type ListItem, ownRows } from '../../../commands/catalog-import/own-rows.ts';
import { squareRows } from '../../../commands/catalog-import/square-rows.ts';
import { OUTCOMES } from '../../../commands/square-import/outcomes.ts';
import { ProductRow } from '../../../domain/catalog/index.ts';
import { formatPosition } from '../../../domain/kernel/position.ts';
import { oneOf } from '../../../domain/kernel/schema.ts';
import { findCategoryIds } from '../../../projections/catalog/categories/queries.ts';
import { faultFields, noticesOf } from '../../import-schemas.ts';
import { RequestError } from '../../problem.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import type { Services } from '../../services.ts';
import { createSchemaCheck } from '../../validation/schema-check.ts';
import { findUnsafe, isSafe } from '../../validation/unsafe.ts';
import { tag } from './responses.ts';

const MIB = 1_048_576;
/** Keeps one request well within its time limit. */
export const MAX_IMPORT_PRODUCTS = 1_000;
/** Parsed in one turn of the event loop, so that nothing else waits long for it. */
const MAX_IMPORT_BYTES = 4 * MIB;
/** A row is a list of groups of options. */
const MAX_ROW_DEPTH = 8;
/** A Square item has up to 250 variations; the limit bounds what one request stores. */
const MAX_IMPORT_ENTRIES = 5_000;

const withMore = { additionalProperties: true };
const ProductList = Type.Union(
  [
    Type.Array(Type.Unknown()),
    Type.Object({ products: Type.Array(Type.Unknown()) }),
    Type.Object(
      {
        objects: Type.Array(Type.Unknown()),
        related_objects: Type.Optional(Type.Array(Type.Unknown())),
      },
      withMore,
    ),
  ],
  {
    description:
      'Products as a list, or as `products`: fields of `POST /products` with `category`, a path of names, instead of `categoryId`. Or a Square catalogue as its API returns it: `objects`, with `related_objects` that they refer to. In a list, an item with a `type` is an object of Square. Fields of Square that the import does not read are not checked.',
  },
);

const Counts = Type.Object({
  imported: Type.Integer({ description: 'Added now.' }),
  repeated: Type.Integer({ description: 'Already as it is here: nothing was changed.' }),
  changed: Type.Integer({ description: 'Known, and changed now.' }),
  skipped: Type.Integer({ description: 'No product, or one without a fixed price.' }),
  refused: Type.Integer({ description: 'Well-formed, but breaks a rule.' }),
  invalid: Type.Integer({ description: 'Not of the expected form.' }),
});

const ImportResponse = Type.Object({
  counts: Counts,
  items: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Of the list; each variation of a Square item has one.' }),
      sourceId: Type.Optional(Type.String({ description: 'The id at Square.' })),
      outcome: oneOf(OUTCOMES),
      productId: Type.Optional(Type.String()),
      code: Type.Optional(Type.String({ description: 'Why it was not imported.' })),
      ...faultFields,
      notices: noticesOf('What was not taken over as it stands.'),
    }),
  ),
  position: Type.Optional(Type.String({ description: 'Absent when the import recorded nothing.' })),
});

interface Lists {
  readonly items: readonly ListItem[];
  readonly related: readonly ListItem[];
  readonly isSquare: boolean;
}

function listsOf(body: unknown): Lists {
  const listed = (items: readonly unknown[], path: string) =>
    items.map((value, i) => ({ value, path: `${path}/${i}` }));
  if (Array.isArray(body)) {
    const isSquare = body.some((item: unknown) => hasType(item));
    return { items: listed(body, ''), related: [], isSquare };
  }
  const given = body as { products?: unknown[]; objects?: unknown[]; related_objects?: unknown[] };
  if (given.products) {
    return { items: listed(given.products, '/products'), related: [], isSquare: false };
  }
  const { objects = [], related_objects: related = [] } = given;
  return {
    items: listed(objects, '/objects'),
    related: listed(related, '/related_objects'),
    isSquare: true,
  };
}

function hasType(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item;
}

const rowCheck = createSchemaCheck(ProductRow, 'body');

function checkRow(value: unknown) {
  if (!isSafe(value, MAX_ROW_DEPTH)) {
    return findUnsafe(value, 'body', { maxDepth: MAX_ROW_DEPTH, maxFindings: 1 })[0];
  }
  return rowCheck.fits(value) ? undefined : rowCheck.violations(value, 1)[0];
}

function importerOf(
  request: ApiRequest<unknown, unknown, unknown>,
  services: Services,
): ProductImporter {
  const { digest, logger } = services;
  const { reads, commandId } = request;
  const sequence = sequenceOf(request, services);
  return {
    // Shorter than any key, so that the ids made from it can be stored, and with a space in it.
    sequence: { ...sequence, commandId: `import ${digest.sha256(commandId).slice(0, 32)}` },
    digest,
    findCategories: (name, parentId) => findCategoryIds(reads, name, parentId),
    onUnexpectedError(error, path) {
      logger.error({ error: String(error), path }, 'import of products: unexpected error');
    },
  };
}

function assertAtMost(count: number, max: number, what: string): void {
  if (count <= max) return;
  const message = `expected at most ${max} ${what}, found ${count}`;
  throw new RequestError('invalid_request', `body: ${message}`, [
    { in: 'body', path: '', message },
  ]);
}

const importCatalog = route({
  method: 'post',
  path: '/imports/products',
  operationId: 'importProducts',
  summary: 'Import products, in our form or from Square',
  description: `A product is found again by its sku, its \`productId\` or its id at Square, and changed where it differs; one that is already so is \`repeated\`, whatever the key. Missing categories are added. A refused or invalid item does not stop the others. At most ${MAX_IMPORT_PRODUCTS} items and 4 MiB.`,
  tag,
  permission: 'products:manage',
  body: ProductList,
  bodyLimitBytes: MAX_IMPORT_BYTES,
  unsafeItems: true,
  heavy: true,
  deadlineMs: 300_000,
  status: 200,
  response: ImportResponse,
  write: true,
  example: {
    products: [
      { name: 'Espresso', sku: 'COF-ES', currency: 'EUR', priceMinor: 220, category: 'Drinks/Hot' },
    ],
  },
  async handle(request, services) {
    const { items, related, isSquare } = listsOf(request.body);
    assertAtMost(items.length, MAX_IMPORT_PRODUCTS, 'items');
    const importer = importerOf(request, services);
    const entries = isSquare ? squareRows(importer, items, related) : ownRows(items, checkRow);
    assertAtMost(entries.length, MAX_IMPORT_ENTRIES, 'products');
    const { counts, position, items: results } = await importProducts(importer, entries);
    const body = {
      counts,
      items: results.map(({ notices, ...item }) => ({
        ...item,
        ...(notices && { notices: [...notices] }),
      })),
    };
    if (!position) return { status: 200, body };
    return { status: 200, position, body: { ...body, position: formatPosition(position) } };
  },
});

export const productImportRoutes: readonly Route[] = [importCatalog];
