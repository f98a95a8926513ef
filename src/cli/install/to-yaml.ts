import { stringify } from 'yaml';

/** Objects as a YAML stream. Kubernetes reads YAML 1.1, where `on` and `yes` are no texts: they are quoted. */
export function toYaml(objects: readonly object[]): string {
  const documents = objects.map((object) =>
    stringify(object, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 }),
  );
  return documents.join('---\n');
}
