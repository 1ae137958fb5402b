// VS Code's secret storage as far as Ferry uses it, over any place where a text can be kept.

import { createEmitter, type Emitter } from '../../src/core/base/event.ts';
import type { Secrets } from '../../src/editor/host/secretIdentity.ts';

/** Where the one secret is. */
export type SecretPlace = { read(): Promise<string | undefined>; write(text: string): Promise<void> };

/** A secret in memory, shared by whoever shares the place. */
export function memoryPlace(text?: string): SecretPlace {
  let kept = text;
  return {
    read: () => Promise.resolve(kept),
    write: async (next) => {
      kept = next;
    },
  };
}

export class FakeSecrets implements Secrets {
  readonly #place: SecretPlace;
  readonly #changed: Emitter<{ readonly key: string }> = createEmitter();

  constructor(place: SecretPlace) {
    this.#place = place;
  }

  onDidChange(listener: (change: { readonly key: string }) => void): { dispose(): void } {
    return this.#changed.event(listener);
  }

  get(): Promise<string | undefined> {
    return this.#place.read();
  }

  async store(key: string, value: string): Promise<void> {
    await this.#place.write(value);
    this.#changed.fire({ key });
  }

  /** Another window stored something. */
  announce(key: string): void {
    this.#changed.fire({ key });
  }
}
