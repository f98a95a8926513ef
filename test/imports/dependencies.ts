import { isBuiltin } from 'node:module';
import { packageOf, resolveImport, type SourceFile } from './source-tree.ts';

/** What is used of package.json. */
export interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The names of the programs that a package brings (its `bin`). */
export type ProgramsOf = (dependency: string) => readonly string[];

/**
 * Imports of packages that package.json does not declare for that place (src and certs: dependencies; the rest: devDependencies too), and
 * dependencies that nothing uses: neither an import, nor a script by one of their programs, nor, for `@types/x`, an import of x.
 */
export function dependencyProblems(
  files: readonly SourceFile[],
  manifest: PackageFile,
  programsOf: ProgramsOf,
): readonly string[] {
  const used = usesOf(files);
  return [...undeclared(used, manifest), ...unused(used, manifest, programsOf)];
}

interface Use {
  readonly name: string;
  readonly place: string;
  readonly isProduct: boolean;
}

function usesOf(files: readonly SourceFile[]): Use[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ specifier }) => resolveImport(file.path, specifier) === undefined)
      .map(({ specifier, line }) => ({
        name: packageOf(specifier),
        place: `${file.path}:${line}`,
        isProduct: /^(?:src|certs)\//.test(file.path),
      })),
  );
}

function undeclared(used: readonly Use[], manifest: PackageFile): string[] {
  const shipped = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return used
    .filter(({ name }) => !isBuiltin(name))
    .filter(({ name, isProduct }) => !(name in shipped) && (isProduct || !(name in manifest.devDependencies)))
    .map(({ name, place, isProduct }) => {
      const where = isProduct ? 'dependencies' : 'devDependencies or dependencies';
      return `${place}: ${name} is not in ${where} of package.json`;
    });
}

function unused(used: readonly Use[], manifest: PackageFile, programsOf: ProgramsOf): string[] {
  const everywhere = new Set(used.map(({ name }) => name));
  const inProduct = new Set(used.filter(({ isProduct }) => isProduct).map(({ name }) => name));
  const dead = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    .filter((name) => !inProduct.has(name))
    .map((name) => `package.json:1: nothing in src or certs imports the dependency ${name}`);
  const deadOfDevelopment = Object.keys(manifest.devDependencies)
    .filter((name) => !isUsedInDevelopment(name, everywhere, manifest, programsOf))
    .map((name) => `package.json:1: nothing uses the development dependency ${name}`);
  return [...dead, ...deadOfDevelopment];
}

function isUsedInDevelopment(
  name: string,
  imported: ReadonlySet<string>,
  manifest: PackageFile,
  programsOf: ProgramsOf,
): boolean {
  if (imported.has(name)) return true;
  const typed = /^@types\/(.+)$/.exec(name)?.[1];
  if (typed !== undefined) return typed === 'node' || imported.has(typed);
  const words = new Set(Object.values(manifest.scripts).flatMap((script) => script.split(/\s+/)));
  return programsOf(name).some((program) => words.has(program));
}
