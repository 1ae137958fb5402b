// How much of an item may leave before its receiver says that it keeps more: interim answers say so while the body goes out
// (draft-ietf-httpbis-resumable-upload section 4.3.3).

import type { ClientRequest, InformationEvent } from 'node:http';

/** The room for what follows byte `from` of an item: never more than `ahead` bytes beyond what is kept. */
export class Room {
  readonly #ahead: number;
  #kept: number;
  #isOver = false;
  #wake = (): void => undefined;

  constructor(request: ClientRequest, from: number, ahead = Number.POSITIVE_INFINITY) {
    this.#ahead = ahead;
    this.#kept = from;
    request.on('information', ({ statusCode, headers }: InformationEvent) => {
      const offset = String(headers['upload-offset']);
      if (statusCode === 104 && /^\d{1,15}$/.test(offset)) this.#kept = Math.max(this.#kept, Number(offset));
      this.#wake();
    });
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    request.once('response', over).once('close', over);
  }

  /** How many bytes may leave behind byte `at`, once there are any; none where the answer is there or will not come. */
  async behind(at: number): Promise<number> {
    while (this.#kept + this.#ahead <= at && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#isOver ? 0 : this.#kept + this.#ahead - at;
  }
}
