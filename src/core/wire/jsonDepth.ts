// How deep a JSON text nests, found without building anything from it. A parser makes an object of every bracket: a quarter of a
// megabyte of them takes it a hundred times the memory, for a message that is then refused.

/**
 * Whether JSON nests deeper than this anywhere. Brackets in strings do not count; text that is no JSON may give either answer.
 */
export function nestsDeeper(json: Uint8Array, depth: number): boolean {
  let open = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (byte === openList || byte === openObject) {
      open += 1;
      if (open > depth) return true;
    } else if (byte === closeList || byte === closeObject) {
      open -= 1;
    }
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const [openList, closeList] = [0x5b, 0x5d];
const [openObject, closeObject] = [0x7b, 0x7d];
