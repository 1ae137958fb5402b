// The ids of what is shared: texts that are encrypted and authenticated under a key of this process, bound to the peer they are
// made for. Nothing has to be remembered for them, so nobody can fill a memory with them, and none can be made or changed
// elsewhere.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { limits } from '../../../core/base/limits.ts';
import type { SharedIds } from '../../../core/sharing/sharedDisk.ts';

const [nonceBytes, tagBytes] = [12, 16];

/** Ids that are worth something as long as this process lives. */
export function sealedIds(): SharedIds {
  const key = randomBytes(32);
  return {
    make(peer, text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(peer));
      const sealed = [cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    read(peer, id) {
      if (id.length > limits.sharedIdBytes) return undefined;
      const bytes = Buffer.from(id, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      const opening = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      opening.setAAD(Buffer.from(peer)).setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = opening.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
        return text + opening.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
