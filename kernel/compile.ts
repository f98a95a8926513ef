import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('./', import.meta.url));

const options = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory'].concat(
  ['--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'simd', '--enable', 'threads'],
  ['--baseDir', folder],
);

/** The text of src/extender/kernel-code.ts as it follows from prioritize.ts. Throws what the compiler says. */
export async function compiledText(): Promise<string> {
  let bytes: Uint8Array = new Uint8Array();
  const { error, stderr } = await asc.main(['prioritize.ts', '--outFile', 'prioritize.wasm', ...options], {
    writeFile: (_, content) => {
      bytes = typeof content === 'string' ? Buffer.from(content) : content;
    },
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  const quoted = lines.map((line) => `  '${line}',`).join('\n');
  return `// Compiled from kernel/prioritize.ts by \`npm run kernel\`.\nexport const kernelCode = [\n${quoted}\n].join('');\n`;
}
