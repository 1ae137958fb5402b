// Programs of the system that some tests hold Ferry against; a test whose program is missing says so and is skipped.

import { execFile, spawnSync } from 'node:child_process';

import { skip } from './skipping.ts';

/** Whether a program is not on this machine. */
function isMissing(name: string): boolean {
  return spawnSync(name, [name === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' }).error !== undefined;
}

/** A program, and Debian's package where that has another name. */
export type Tool = string | { readonly program: string; readonly package: string };

/** Skips the running test or hook where programs are missing, after saying which. */
export function needsTools(context: Mocha.Context, ...tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => isMissing(typeof tool === 'string' ? tool : tool.program));
  if (missing.length === 0) return;
  const names = missing.map((tool) => (typeof tool === 'string' ? tool : tool.program));
  const packages = missing.map((tool) => (typeof tool === 'string' ? tool : tool.package));
  skip(context, `${names.join(' and ')}; on Debian: apt-get install ${packages.join(' ')}`);
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
