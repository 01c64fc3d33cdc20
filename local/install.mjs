// Installs what package-lock.json names and node_modules lacks. Plain JavaScript: it runs before anything is installed, on Node 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const marker = new URL('node_modules/.installed', root);
const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex');

function installed() {
  try {
    return readFileSync(marker, 'utf8');
  } catch {
    return undefined;
  }
}

if (installed() !== wanted) {
  console.log('Installing dependencies (once, and again when package-lock.json changes) ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      'Could not install the dependencies; npm says why above. Check the network and the registry setting of npm, then try again.',
    );
    process.exit(1);
  }
  writeFileSync(marker, wanted);
}
