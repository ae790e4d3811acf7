/** Where Go's scanner stops in a text that is no JSON, and how it says so. */
class SyntaxFault extends Error {}

export function goSyntaxFault(text: string): string {
  try {
    new Walk(Buffer.from(text).toString('latin1')).whole();
  } catch (fault) {
    if (fault instanceof SyntaxFault) return fault.message;
    throw fault;
  }
  return 'unexpected end of JSON input';
}

/** Byte by byte, as Go does it: a letter beyond ASCII is named by its first byte. */
class Walk {
  private at = 0;

  constructor(private readonly bytes: string) {}

  whole(): void {
    this.value();
    this.space();
    if (this.here() !== '') this.fail('after top-level value');
  }

  private here(): string {
    return this.bytes.charAt(this.at);
  }

  /** Go takes the end of the text for a space, which only some states refuse in their own words. */
  private fail(where: string, atEnd: 'unexpected' | 'space' = 'unexpected'): never {
    if (this.here() === '' && atEnd === 'unexpected') {
      throw new SyntaxFault('unexpected end of JSON input');
    }
    throw new SyntaxFault(`invalid character ${quoted(this.here() || ' ')} ${where}`);
  }

  private space(): void {
    while (/^[ \t\r\n]/.test(this.here())) this.at += 1;
  }

  private value(): void {
    this.space();
    if (this.here() === '{') this.members();
    else if (this.here() === '[') this.elements();
    else if (this.here() === '"') this.string();
    else if (/^[-\d]/.test(this.here())) this.number();
    else this.literal();
  }

  private literal(): void {
    const word = ['true', 'false', 'null'].find((known) => known.startsWith(this.here()));
    if (word === undefined || this.here() === '') this.fail('looking for beginning of value');
    for (const letter of word) {
      if (this.here() !== letter) this.fail(`in literal ${word} (expecting '${letter}')`, 'space');
      this.at += 1;
    }
  }

  private number(): void {
    if (this.here() === '-') this.at += 1;
    if (this.here() === '0') this.at += 1;
    else this.digits('in numeric literal');
    if (this.here() === '.') {
      this.at += 1;
      this.digits('after decimal point in numeric literal');
    }
    if (/^[eE]/.test(this.here())) {
      this.at += 1;
      if (/^[-+]/.test(this.here())) this.at += 1;
      this.digits('in exponent of numeric literal');
    }
  }

  private digits(where: string): void {
    if (!/^\d/.test(this.here())) this.fail(where, 'space');
    while (/^\d/.test(this.here())) this.at += 1;
  }

  private string(): void {
    this.at += 1;
    while (this.here() !== '"') {
      if (this.here() < ' ') this.fail('in string literal');
      if (this.here() === '\\') this.escape();
      else this.at += 1;
    }
    this.at += 1;
  }

  private escape(): void {
    this.at += 1;
    const isUnicode = this.here() === 'u';
    if (!/^[bfnrt\\/"u]/.test(this.here())) this.fail('in string escape code', 'space');
    this.at += 1;
    for (let left = isUnicode ? 4 : 0; left > 0; left -= 1) {
      if (!/^[\da-fA-F]/.test(this.here())) {
        this.fail('in \\u hexadecimal character escape', 'space');
      }
      this.at += 1;
    }
  }

  private members(): void {
    if (this.opens('}')) return;
    do {
      this.space();
      if (this.here() !== '"') this.fail('looking for beginning of object key string');
      this.string();
      this.space();
      if (this.here() !== ':') this.fail('after object key');
      this.at += 1;
      this.value();
    } while (!this.closes('}', 'after object key:value pair'));
  }

  private elements(): void {
    if (this.opens(']')) return;
    do this.value();
    while (!this.closes(']', 'after array element'));
  }

  /** Past the opening bracket; true when the closing one follows at once. */
  private opens(end: string): boolean {
    this.at += 1;
    this.space();
    if (this.here() !== end) return false;
    this.at += 1;
    return true;
  }

  private closes(end: string, where: string): boolean {
    this.space();
    const next = this.here();
    if (next !== end && next !== ',') this.fail(where);
    this.at += 1;
    return next === end;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

function quoted(byte: string): string {
  const code = byte.charCodeAt(0);
  const hex = code.toString(16);
  if (ESCAPES[byte] !== undefined) return `'${ESCAPES[byte]}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${hex.padStart(2, '0')}'`;
  const isUnprintable = (code >= 0x80 && code <= 0xa0) || code === 0xad;
  return isUnprintable ? `'\\u${hex.padStart(4, '0')}'` : `'${byte}'`;
}
