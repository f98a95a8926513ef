/** On a pod: `<decision id>; <enforce|observe>; <what, in 60 characters>`. */
export const decisionAnnotation = 'barograph.dev/decision';

/** The id in the annotation's text; undefined when there is none. */
export function decisionIdIn(text: string | undefined): string | undefined {
  const id = text?.split(';', 1)[0]?.trim();
  return id === '' ? undefined : id;
}
