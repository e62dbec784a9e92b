import ts from 'typescript';

import type { ProjectFile } from './project-files.ts';

/** A rule that a line of code breaks, told as `path:line: what`. */
export type Finding = string;

const CONSOLE = ['console'];
/** Whatever makes a rule's outcome depend on more than what it is given. */
const IMPURE = [
  'Date',
  'performance',
  'crypto',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
];

/** Each file is parsed once, however many rules look at it. */
const parsed = new WeakMap<ProjectFile, ts.SourceFile>();

function parse(file: ProjectFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true);
  parsed.set(file, source);
  return source;
}

/** Identifiers that stand for a global: not property names, and not names of fields or types. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !(
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isBindingElement(parent) ||
    ts.isParameter(parent) ||
    ts.isQualifiedName(parent)
  );
}

function isMathRandom(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'random' &&
    node.expression.getText() === 'Math'
  );
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

/** What a file may not do, by where it stands. Strings and comments may say anything. */
export function brokenRules(file: ProjectFile): readonly Finding[] {
  const { path } = file;
  const source = parse(file);
  const inDomain = path.startsWith('src/domain/');
  const mayPrint = !path.startsWith('src/') || path.startsWith('src/cli/');
  const banned = new Set([...(inDomain ? IMPURE : []), ...(mayPrint ? [] : CONSOLE)]);
  const findings: Finding[] = [];
  const report = (node: ts.Node, what: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    findings.push(`${path}:${line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (isDefaultExport(node)) report(node, 'a default export');
    if (inDomain && isMathRandom(node)) report(node, 'Math.random');
    if (ts.isIdentifier(node) && banned.has(node.text) && isGlobalUse(node)) {
      report(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

/** The lines on which a string, a template or a regular expression stands: they are not folded. */
function linesWithText(source: ts.SourceFile): ReadonlySet<number> {
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (isText || node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      for (let line = first; line <= last; line++) lines.add(line);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

/**
 * Lines longer than `most` characters. A line that holds a text or an address may be longer: a
 * text cut in two cannot be searched for, and prettier leaves it whole too.
 */
export function longLines(file: ProjectFile, most: number): readonly Finding[] {
  const { path, text } = file;
  const exempt = linesWithText(parse(file));
  return text.split('\n').flatMap((line, i) => {
    const length = line.length;
    if (length <= most || exempt.has(i) || /https?:\/\//.test(line)) return [];
    return [`${path}:${i + 1}: ${length} characters`];
  });
}
