import ts from 'typescript';

import type { ProjectFile } from './project-files.ts';

/** A banned term, and what to write instead. */
export interface BannedTerm {
  readonly term: string;
  readonly instead: string;
}

/** Stands for code in a text of which only the prose counts. A term never reaches across it. */
const CODE = '\0';
const HEADING = '## Banned words';
/**
 * `…` in a term stands for up to three words, as in "give it up". A verb that has an "up" of its own
 * ends it: "the totals given do not add up".
 */
const UP_TO_THREE_WORDS = "(?:\\s+(?!(?:add|end|come|set|look|make)s?\\b)[\\w'-]+){0,3}";

/** The terms of the table in docs/contributing/language.md. */
export function bannedTerms(page: string): readonly BannedTerm[] {
  const section = page.slice(page.indexOf(HEADING) + HEADING.length).split(/^## /m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, terms = '', instead = ''] = line.split('|');
      return [...terms.matchAll(/`([^`]+)`/g)].map(([, term = '']) => ({
        term,
        instead: instead.trim(),
      }));
    });
}

function patternOf(term: string): RegExp {
  const source = term.replaceAll(' … ', `${UP_TO_THREE_WORDS} `).replaceAll(' ', '\\s+');
  // "given up to 5" is a limit, not an end.
  return new RegExp(`\\b${source}\\b(?!\\s+to\\s+\\d)`, 'gi');
}

const blank = (text: string) => text.replace(/\S/g, ' ');
const coded = (text: string) => text.replace(/[^\n]/g, CODE);

/** The prose of a page, character for character at its place: names in code and addresses are out. */
function proseOfPage(text: string): string {
  return text
    .replace(/(?<!`)`[^`\n]+`(?!`)/g, coded)
    .replace(/\]\([^)\s]*\)/g, coded)
    .replace(/<[^>\n]+>/g, coded);
}

function isModuleName(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

/** The comments of a file and its texts, at their places; all else is CODE. */
function proseOfSource(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const prose = Array.from({ length: text.length }, (_, i) => blankOrCode(text[i]));
  const show = (start: number, shown: string) => {
    for (let i = 0; i < shown.length; i++) prose[start + i] = shown[i] ?? CODE;
  };
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, false);
  const showComments = (from: number, to: number) => {
    scanner.setText(text, from, to - from);
    for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken;) {
      const isComment =
        token === ts.SyntaxKind.SingleLineCommentTrivia ||
        token === ts.SyntaxKind.MultiLineCommentTrivia;
      if (isComment) show(scanner.getTokenStart(), proseOfComment(scanner.getTokenText()));
      token = scanner.scan();
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    const start = node.getStart(source);
    if (children.every(ts.isJSDoc)) {
      if (node.pos < start) showComments(node.pos, start);
      const isText = ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
      if (isText && !isModuleName(node)) {
        show(start, text.slice(start, node.end).replace(/\\./g, '  '));
      }
    }
    children.forEach(visit);
  };
  visit(source);
  return prose.join('');
}

const blankOrCode = (character = '') => (/\s/.test(character) ? character : CODE);

/** Without its marks, so that a term is found across two lines, and without names in code. */
function proseOfComment(comment: string): string {
  return comment.replace(/^\/\/+|^\/\*+|\*+\/$|^[ \t]*\*/gm, blank).replace(/`[^`]+`/g, coded);
}

function proseOf({ path, text }: ProjectFile): string {
  return path.endsWith('.ts') ? proseOfSource(path, text) : proseOfPage(text);
}

/** Each banned term in a file, as `path:line: "told": write logged, reported or known`. */
export function bannedIn(file: ProjectFile, terms: readonly BannedTerm[]): readonly string[] {
  const prose = proseOf(file);
  return terms
    .flatMap(({ term, instead }) =>
      [...prose.matchAll(patternOf(term))].map((match) => ({
        line: prose.slice(0, match.index).split('\n').length,
        found: match[0].replace(/\s+/g, ' '),
        instead,
      })),
    )
    .sort((a, b) => a.line - b.line)
    .map(({ line, found, instead }) => `${file.path}:${line}: "${found}": write ${instead}`);
}
