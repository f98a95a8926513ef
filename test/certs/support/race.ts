// A process of its own for folder-race.test.ts: waits for a time, then takes the certificates of a folder and prints them as JSON.
import { certificatesIn } from '../../../certs/folder.ts';

const [folder = '', host = '', startMilliseconds = '0'] = process.argv.slice(2);
await new Promise((resolve) => setTimeout(resolve, Number(startMilliseconds) - Date.now()));
process.stdout.write(JSON.stringify(await certificatesIn(folder, [host], Date.now() / 1000)));
