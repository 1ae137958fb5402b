// The oldest Node that the command line runs on.

import { exitCodes } from './exitCodes.ts';
import { Refusal } from './refusal.ts';

/** Major and minor version; the package names it too. */
export const oldestNode = '22.3';

/** Refuses to run on an older Node, where something would fail that nobody could understand. `version`: as Node gives it. */
export function expectNode(version: string): void {
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(oldestNode);
  const [major = 0, minor = 0] = numbersOf(version);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  const words = `ferry needs Node ${oldestNode} or newer, and this is Node ${version}. Install a newer one, then run it again.`;
  throw new Refusal(exitCodes.unexpected, words);
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number);
}
