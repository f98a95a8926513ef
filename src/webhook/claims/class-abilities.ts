import type { StorageClassView } from '../../cluster/storage-view.ts';
import type { AdmittedClaim } from './claim.ts';
import { isCephFs, isRbd } from './class-pools.ts';

/** On a StorageClass whose driver Barograph does not know: access modes that its volumes can have. */
export const accessModesAnnotation = 'barograph.dev/access-modes';

const oneNode = ['ReadWriteOnce', 'ReadWriteOncePod'] as const;
const many = ['ReadWriteMany', 'ReadOnlyMany'] as const;

/** Why volumes of a class cannot be what a claim asks for; undefined when they can. */
export function inability(view: StorageClassView, { accessModes, volumeMode }: AdmittedClaim): string | undefined {
  if (volumeMode === 'Block' && isCephFs(view)) return 'CephFS has no block volumes';
  const able = modesOf(view, volumeMode);
  const missing = accessModes.find((mode) => !able.includes(mode));
  if (missing === undefined) return undefined;
  const hint = isRbd(view) || isCephFs(view) ? '' : `; the annotation ${accessModesAnnotation} says what it can do`;
  return `its ${volumeMode === 'Block' ? 'block volumes' : 'file systems'} cannot be ${missing}${hint}`;
}

/** An RBD image may be written from many nodes only as a block device: no ordinary file system bears it. */
function modesOf(view: StorageClassView, volumeMode: AdmittedClaim['volumeMode']): readonly string[] {
  if (isCephFs(view)) return [...oneNode, ...many];
  if (isRbd(view)) return volumeMode === 'Block' ? [...oneNode, ...many] : [...oneNode, 'ReadOnlyMany'];
  const said = view.annotations?.[accessModesAnnotation];
  return said === undefined ? oneNode : said.split(',').map((mode) => mode.trim());
}
