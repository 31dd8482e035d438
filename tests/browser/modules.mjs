// The page's modules for node. A server says that they are modules (the script's type); node asks a package.json, which
// web/ has none of, and node 18 takes them for CommonJS. So a copy with one beside it is loaded.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = await mkdtemp(join(tmpdir(), 'inkan-page-'));
await cp(new URL('../../web/js/', import.meta.url), folder, { recursive: true });
await writeFile(join(folder, 'package.json'), '{"type": "module"}');

export const load = (name) => import(pathToFileURL(join(folder, name)));
export const forget = () => rm(folder, { recursive: true });
