// The part of a folder as the store of received items hands it out.

import { FerryError } from '../../../core/base/errors.ts';
import type { PartFile } from '../../../core/receiving/store.ts';
import { openTreePart, type TreePartOptions } from './treePart.ts';

/** An empty part folder. Fails as openTreePart. */
export async function newTree(options: TreePartOptions): Promise<PartFile> {
  const part = await openTreePart(options);
  return {
    write: (chunk) => part.write(chunk),
    finish: () => part.finish(),
    publish: () => part.publish(),
    keep: () => part.keep(),
    discard: () => part.discard(),
    get counts() {
      return part.counts;
    },
    followed: () => {
      throw new FerryError('ERR_UNEXPECTED', 'a folder cannot be read back as a stream');
    },
  };
}
