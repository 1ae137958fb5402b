// Programs of the system that some tests hold Ferry against; a test whose program is missing says so and is skipped.

import { execFile, spawnSync } from 'node:child_process';

/** Names of the programs that are not on this machine. */
function missingTools(...names: readonly string[]): readonly string[] {
  return names.filter(
    (name) => spawnSync(name, [name === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' }).error !== undefined,
  );
}

/** Skips the running test or hook where programs are missing, after saying which. */
export function needsTools(context: Mocha.Context, ...names: readonly string[]): void {
  const missing = missingTools(...names);
  if (missing.length === 0) return;
  console.log(`      skipped: ${missing.join(' and ')} missing; on Debian: apt-get install ${missing.join(' ')}`);
  context.skip();
}

/** Runs a program; gives its exit code and what it wrote. */
export function runTool(
  name: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      name,
      args,
      { ...options, encoding: 'utf8', timeout: 20_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ code, stdout, stderr });
      },
    );
  });
}
