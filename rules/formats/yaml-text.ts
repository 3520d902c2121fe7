import { Document, visit } from 'yaml';

/** What readers in Go take for the end of a line, or refuse: https://github.com/go-yaml/yaml, yamlprivateh.go. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Documents as YAML that every reader reads alike: characters that some take for line breaks are escaped. */
export function yamlText(...documents: readonly unknown[]): string {
  return documents.map(documentText).join('---\n');
}

function documentText(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.search(UNSAFE) >= 0) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 }).replaceAll(UNSAFE, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
