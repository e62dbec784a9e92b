/** An element of a list in a JSON text. */
export interface JsonElement {
  /** The field that holds the list; '' when the text itself is the list. */
  readonly list: string;
  /** Place in its list, from 0. */
  readonly index: number;
  /** Its JSON. It may be wrong within: only its brackets and quotes were looked at. */
  readonly text: string;
}

/** Takes a text in pieces of any size. */
export interface JsonElements {
  /** The elements that the piece completes. @throws SyntaxError */
  push(piece: string): JsonElement[];
  /** @throws SyntaxError unless the text is complete. */
  end(): void;
}

/** Where the text is read. */
interface Place {
  readonly maxLength: number;
  readonly onList: (name: string) => void;
  depth: number;
  /** Depth at which the elements of the current list are; 0: not within a list. */
  listDepth: number;
  list: string;
  index: number;
  /** Of the current element. */
  text: string;
  /** The last text of the outer object: the name of a field, when a list follows. */
  name: string;
  isName: boolean;
  isInString: boolean;
  isEscaped: boolean;
  hasBegun: boolean;
}

/**
 * Finds the elements of lists in a JSON text, without reading all of it at once: those of the text
 * itself when it is a list, else those of the lists that are fields of the object.
 * @param maxLength longest element, in characters.
 * @param onList gets the name of each list where it begins, also of one without elements.
 */
export function createJsonElements(
  maxLength: number,
  onList: (name: string) => void = () => undefined,
): JsonElements {
  const place: Place = {
    maxLength,
    onList,
    depth: 0,
    listDepth: 0,
    list: '',
    index: 0,
    text: '',
    name: '',
    isName: false,
    isInString: false,
    isEscaped: false,
    hasBegun: false,
  };
  return {
    push(piece) {
      const elements: JsonElement[] = [];
      for (const character of piece) {
        const element = take(place, character);
        if (element) elements.push(element);
      }
      return elements;
    },
    end() {
      if (place.depth === 0 && place.hasBegun && !place.isInString) return;
      throw new SyntaxError('expected the end of the list, found the end of the file');
    },
  };
}

/** The element that the character completes. */
function take(place: Place, character: string): JsonElement | undefined {
  if (place.isInString) {
    takeInString(place, character);
    return undefined;
  }
  switch (character) {
    case '"':
      place.isInString = true;
      place.isName = place.listDepth === 0 && place.depth === 1;
      if (place.isName) place.name = '';
      break;
    case '[':
    case '{':
      if (open(place, character)) return undefined;
      break;
    case ']':
    case '}':
      return close(place, character);
    case ',':
      if (place.depth === place.listDepth) return endElement(place);
      break;
  }
  if (place.depth === 0 && character.trim() !== '' && character !== '\ufeff') {
    throw new SyntaxError(`expected a list or an object, found ${character}`);
  }
  keep(place, character);
  return undefined;
}

function takeInString(place: Place, character: string): void {
  if (place.isEscaped) place.isEscaped = false;
  else if (character === '\\') place.isEscaped = true;
  else if (character === '"') place.isInString = false;
  if (place.isName && place.isInString) place.name += character;
  keep(place, character);
}

function keep(place: Place, character: string): void {
  if (place.listDepth === 0) return;
  if (place.text.length >= place.maxLength) {
    throw new SyntaxError(`expected at most ${place.maxLength} characters in one element`);
  }
  place.text += character;
}

/** Whether a list begins whose elements are wanted. */
function open(place: Place, character: string): boolean {
  if (place.depth === 0 && place.hasBegun) {
    throw new SyntaxError(`expected no ${character} after the end`);
  }
  place.hasBegun = true;
  const isOuter = place.listDepth === 0 && place.depth <= 1;
  place.depth += 1;
  if (!isOuter || character !== '[') return false;
  place.list = place.depth === 1 ? '' : place.name;
  place.onList(place.list);
  place.index = 0;
  place.text = '';
  place.listDepth = place.depth;
  return true;
}

function close(place: Place, character: string): JsonElement | undefined {
  if (place.depth === 0) throw new SyntaxError(`expected no ${character} after the end`);
  const isEndOfList = place.depth === place.listDepth;
  const last = isEndOfList ? endElement(place) : undefined;
  if (isEndOfList) place.listDepth = 0;
  else keep(place, character);
  place.depth -= 1;
  return last;
}

function endElement(place: Place): JsonElement | undefined {
  const text = place.text.trim();
  place.text = '';
  if (text === '') return undefined;
  place.index += 1;
  return { list: place.list, index: place.index - 1, text };
}
