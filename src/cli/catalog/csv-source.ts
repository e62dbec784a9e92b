import { createCsvParser, type CsvRecord } from '../../lib/csv.ts';
import { CliError } from '../cli-error.ts';
import { textPieces } from '../text-pieces.ts';
import { type AmountForm, CellError, readCells, readHeader } from './columns.ts';
import type { SourceItem } from './source.ts';

/** A row with a thousand modifiers is about half of this. */
const MAX_ROW_LENGTH = 500_000;

export interface CsvForm extends AmountForm {
  readonly separator: string;
}

type Columns = ReturnType<typeof readHeader>;

/**
 * The products of a CSV file, one after the other.
 * @throws CliError for a header that is missing or unknown; nothing was read then.
 */
export async function* csvSource(file: string, form: CsvForm): AsyncGenerator<SourceItem> {
  const parser = createCsvParser({
    separator: form.separator,
    maxRecordLength: MAX_ROW_LENGTH,
  });
  let columns: Columns | undefined;
  for await (const record of recordsOf(file, parser)) {
    if (columns) yield itemOf(record, columns, form);
    else columns = headerOf(record, file);
  }
  if (!columns) throw new CliError(`expected a row with the names of the columns in ${file}`);
}

async function* recordsOf(file: string, parser: ReturnType<typeof createCsvParser>) {
  for await (const piece of textPieces(file)) yield* parser.push(piece);
  yield* parser.end();
}

function headerOf({ cells, problem }: CsvRecord, file: string): Columns {
  try {
    if (problem !== undefined) throw new CellError('', problem);
    return readHeader(cells);
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    throw new CliError(`${file}: ${error.message}`, { cause: error });
  }
}

function itemOf({ cells, row, problem }: CsvRecord, columns: Columns, form: CsvForm): SourceItem {
  const about = { name: `row ${row}`, row };
  if (problem !== undefined) return { ...about, problem: { field: '', message: problem } };
  try {
    return { ...about, value: readCells(columns, cells, form) };
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    return { ...about, problem: { field: error.column, message: error.message } };
  }
}
