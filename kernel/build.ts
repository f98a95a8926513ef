import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compiledText } from './compile.ts';

// Compiles prioritize.ts into the module that the extender loads.
const target = fileURLToPath(new URL('../src/extender/kernel-code.ts', import.meta.url));
const text = await compiledText();
await writeFile(target, text);
process.stdout.write(`${target}: ${text.length} characters\n`);
