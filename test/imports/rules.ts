/** What the files of a folder may import, other than files of the same folder. */
export interface FolderRule {
  readonly folders: readonly string[];
  /** Packages and modules of Node, where not all that are declared may be used. */
  readonly packages?: readonly string[];
}

const beside = ['src/core', 'src/collect', 'src/knowledge', 'src/cluster', 'src/predict'];
const served = [...beside, 'src/train', 'src/storage'];
const product = [...served, 'src/webhook', 'src/extender', 'src/plan', 'src/operator', 'certs'];
const everything = [...product, 'src/agent', 'src/server', 'src/simulate', 'src/web', 'src/cli'];

/**
 * The house (docs/design.md), as a table: core ← predict ← train, core ← collect, knowledge, cluster ← train ← webhook, extender, plan,
 * operator ← server, simulate, web ← cli. A row names folders of rows above it only, so that folders cannot form a cycle.
 */
export const rules: Readonly<Record<string, FolderRule>> = {
  'src/core': { folders: [] },
  // Pure mathematics: no I/O, so nothing of Node either.
  'src/predict': { folders: ['src/core'], packages: [] },
  'src/cluster': { folders: ['src/core'] },
  'src/collect': { folders: ['src/core', 'src/cluster'] },
  'src/knowledge': { folders: ['src/core'] },
  certs: { folders: ['src/core'] },
  'src/train': { folders: beside },
  'src/storage': { folders: [...beside, 'src/train'] },
  'src/webhook': { folders: served },
  'src/extender': { folders: served },
  'src/plan': { folders: served },
  'src/operator': { folders: [...served, 'src/plan', 'certs'] },
  'src/agent': { folders: beside },
  'src/server': { folders: product },
  'src/simulate': { folders: product },
  'src/web': { folders: product },
  'src/cli': { folders: everything.filter((folder) => folder !== 'src/cli') },
  kernel: { folders: ['src/extender'] },
  bench: { folders: [...everything, 'test'] },
  test: { folders: [...everything, 'kernel', 'bench'] },
};
