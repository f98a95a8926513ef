import { Document, visit } from 'yaml';

// Octal numbers of YAML 1.2, which Kubernetes reads as numbers too.
const octal = /^[-+]?0o[0-7_]+$/i;

/** Objects as a YAML stream. Kubernetes reads YAML 1.1, where `on` and `yes` are no texts: what either version takes for something else is quoted. */
export function toYaml(objects: readonly object[]): string {
  return objects.map(one).join('---\n');
}

function one(object: object): string {
  const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && octal.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
