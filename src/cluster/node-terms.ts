import { fieldsOf, itemsOf, textOf } from './fields.ts';
import type { NodeView } from './view.ts';

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** One requirement on a node's labels, or on its name. */
export interface NodeRequirement {
  readonly of: 'label' | 'name';
  readonly key: string;
  readonly operator: (typeof operators)[number];
  readonly values: readonly string[];
}

/** A NodeSelector: a node matches when it meets all requirements of any term. */
export type NodeTerms = readonly (readonly NodeRequirement[])[];

/** Reads a NodeSelector of v1; undefined when there is none. A requirement that cannot be read is one that no node meets. */
export function nodeTermsOf(selector: unknown): NodeTerms | undefined {
  const { nodeSelectorTerms } = fieldsOf(selector);
  if (!Array.isArray(nodeSelectorTerms)) return undefined;
  return nodeSelectorTerms.map((term) => {
    const { matchExpressions, matchFields } = fieldsOf(term);
    return [
      ...itemsOf(matchExpressions).map((item) => requirementOf('label', item)),
      ...itemsOf(matchFields).map((item) => requirementOf('name', item)),
    ];
  });
}

const unmet: NodeRequirement = { of: 'label', key: '', operator: 'In', values: [] };

function requirementOf(of: NodeRequirement['of'], item: unknown): NodeRequirement {
  const { key, operator, values } = fieldsOf(item);
  const known = operators.find((one) => one === operator);
  const name = textOf(key);
  if (known === undefined || name === undefined) return unmet;
  return { of, key: name, operator: known, values: itemsOf(values).filter((value) => typeof value === 'string') };
}

/** Whether a node is one of those that a selector names. A term without requirements names none, as in Kubernetes. */
export function matchesNode(terms: NodeTerms, node: Pick<NodeView, 'name' | 'labels'>): boolean {
  return terms.some((term) => term.length > 0 && term.every((one) => meets(one, node)));
}

function meets({ of, key, operator, values }: NodeRequirement, node: Pick<NodeView, 'name' | 'labels'>): boolean {
  if (of === 'name' && key !== 'metadata.name') return false;
  const own = of === 'name' ? node.name : ownLabel(node.labels, key);
  if (operator === 'Exists') return own !== undefined;
  if (operator === 'DoesNotExist') return own === undefined;
  if (operator === 'NotIn') return own === undefined || !values.includes(own);
  if (own === undefined) return false;
  return operator === 'In' ? values.includes(own) : compares(operator, own, values[0]);
}

function ownLabel(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function compares(operator: 'Gt' | 'Lt', own: string, value: string | undefined): boolean {
  const [left, right] = [own, value ?? ''].map((text) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN));
  if (left === undefined || right === undefined) return false;
  return operator === 'Gt' ? left > right : left < right;
}
