import type { PerResource } from '../../core/resource.ts';
import { type BookedNode, fitting, ownScore, totalScore } from '../../simulate/scheduler.ts';

export interface Choice {
  readonly node: string;
  /** The extender's, 0 to 10; undefined when none was asked. */
  readonly score: number | undefined;
  /** The nodes that it was chosen from. */
  readonly of: number;
}

/** Answers of the extender's two verbs, by node. */
export interface ExtenderCalls {
  filter(names: readonly string[]): Promise<readonly string[]>;
  prioritize(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Books requests on nodes as kube-scheduler does, with an extender or without. Of equals the first by name wins, where kube-scheduler draws lots. */
export class ImaginaryScheduler {
  #nodes: BookedNode[];
  readonly #weight: number;

  constructor(nodes: readonly BookedNode[], weight: number) {
    this.#nodes = [...nodes];
    this.#weight = weight;
  }

  /** Undefined when the pod fits nowhere. */
  async place(asked: PerResource<number>, extender?: ExtenderCalls): Promise<Choice | undefined> {
    const fits = fitting(this.#nodes, asked);
    const names = fits.map(({ name }) => name);
    const kept = new Set(extender === undefined ? names : await extender.filter(names));
    const candidates = fits.filter(({ name }) => kept.has(name));
    const scores = await extender?.prioritize(candidates.map(({ name }) => name));
    let best: { readonly node: BookedNode; readonly total: number } | undefined;
    for (const node of candidates) {
      const total = totalScore(ownScore(node, asked), scores?.get(node.name) ?? 0, this.#weight);
      if (best === undefined || total > best.total) best = { node, total };
    }
    if (best === undefined) return undefined;
    this.#book(best.node, asked);
    return { node: best.node.name, score: scores?.get(best.node.name), of: candidates.length };
  }

  #book({ name }: BookedNode, asked: PerResource<number>): void {
    this.#nodes = this.#nodes.map((node) =>
      node.name === name
        ? { ...node, requested: { cpu: node.requested.cpu + asked.cpu, memory: node.requested.memory + asked.memory } }
        : node,
    );
  }
}
