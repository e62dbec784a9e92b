/** A record of a CSV text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Its number, from 1; blank lines count, line ends within quotes do not. */
  readonly row: number;
  /** Why its form is wrong: its quotes, or its length. Its cells are then incomplete. */
  readonly problem?: string;
}

/** Takes a text in pieces of any size. */
export interface CsvParser {
  /** The records that the piece completes. */
  push(piece: string): CsvRecord[];
  /** The record that the end of the text completes. */
  end(): CsvRecord[];
}

export interface CsvOptions {
  /** One character between cells. */
  readonly separator: string;
  /** Longest record in characters. What is longer is not kept. */
  readonly maxRecordLength: number;
}

type State = 'start' | 'plain' | 'quoted' | 'quote-in-quoted';

/** The record that is being read. */
interface Current {
  state: State;
  cells: string[];
  cell: string;
  row: number;
  /** Characters of the record. */
  length: number;
  problem: string | undefined;
  /** A line feed after it belongs to the same line end. */
  isAfterReturn: boolean;
}

/**
 * A parser of CSV as RFC 4180 describes it, with line ends of every system and an optional byte
 * order mark. Blank lines are no records. A record of a wrong form does not stop the others.
 */
export function createCsvParser(options: CsvOptions): CsvParser {
  let isFirst = true;
  const current: Current = {
    state: 'start',
    cells: [],
    cell: '',
    row: 1,
    length: 0,
    problem: undefined,
    isAfterReturn: false,
  };
  return {
    push(piece) {
      const text = isFirst && piece.startsWith('\ufeff') ? piece.slice(1) : piece;
      if (piece !== '') isFirst = false;
      const records: CsvRecord[] = [];
      for (const character of text) {
        const record = take(current, character, options);
        if (record) records.push(record);
      }
      return records;
    },
    end() {
      if (current.state === 'quoted') {
        current.problem ??= 'expected the end of a quoted cell, found the end';
      }
      const record = endRecord(current);
      return record ? [record] : [];
    },
  };
}

/** The record that the character completes. */
function take(current: Current, character: string, options: CsvOptions): CsvRecord | undefined {
  const isSecondEnd = current.isAfterReturn && character === '\n';
  current.isAfterReturn = false;
  if (current.state === 'quoted') {
    if (character === '"') current.state = 'quote-in-quoted';
    else keep(current, character, options);
  } else if (character === '\n' || character === '\r') {
    if (isSecondEnd) return undefined;
    current.isAfterReturn = character === '\r';
    return endRecord(current);
  } else if (character === options.separator) {
    endCell(current);
  } else if (character === '"') {
    takeQuote(current, options);
  } else {
    if (current.state === 'quote-in-quoted') {
      current.problem ??= 'expected a separator after a quoted cell';
    }
    current.state = 'plain';
    keep(current, character, options);
  }
  return undefined;
}

/** A quote that does not stand within quotes. */
function takeQuote(current: Current, options: CsvOptions): void {
  if (current.state === 'plain') {
    current.problem ??= 'expected a cell with quotes in it to be quoted, and its quotes doubled';
    return;
  }
  if (current.state === 'quote-in-quoted') keep(current, '"', options);
  current.state = 'quoted';
}

function keep(current: Current, character: string, { maxRecordLength }: CsvOptions): void {
  current.length += 1;
  if (current.length <= maxRecordLength) current.cell += character;
  else current.problem = `expected at most ${maxRecordLength} characters in a row`;
}

function endCell(current: Current): void {
  current.cells.push(current.cell);
  current.cell = '';
  current.state = 'start';
}

/** Undefined for a blank line. */
function endRecord(current: Current): CsvRecord | undefined {
  const { cells, cell, state, row, problem } = current;
  const isBlank = cells.length === 0 && cell === '' && state === 'start';
  endCell(current);
  current.cells = [];
  current.row += 1;
  current.length = 0;
  current.problem = undefined;
  if (isBlank && problem === undefined) return undefined;
  return { cells, row, ...(problem !== undefined && { problem }) };
}

/** What spreadsheets take for a formula, also behind apostrophes that were put before it. */
const FORMULA = /^'*[=+\-@\t\r]/;
const SAFE_FORMULA = /^'+[=+\-@\t\r]/;
const NEEDS_QUOTES = /["\r\n\u2028\u2029]|^[\s\ufeff]|\s$/;

/** One record with its line end. Spreadsheets take no cell of it for a formula. */
export function csvLine(cells: readonly string[], separator: string): string {
  return `${cells.map((cell) => csvCell(safeText(cell), separator)).join(separator)}\r\n`;
}

function csvCell(text: string, separator: string): string {
  if (!text.includes(separator) && !NEEDS_QUOTES.test(text)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}

/** With an apostrophe before what a spreadsheet would compute. */
function safeText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that `csvLine` wrote as this cell. */
export function readSafeText(cell: string): string {
  return SAFE_FORMULA.test(cell) ? cell.slice(1) : cell;
}
