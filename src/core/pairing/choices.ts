// What the responder of a pairing picks from: the code of the pairing among others. Whoever only has to say yes says it without a
// look; whoever has to find the number that the other person reads out cannot.

const codes = 1_000_000;
const decoys = 2;

/** The code and two others like it, in an order that says nothing. Chosen once for a pairing. */
export function choicesOf(code: string): readonly string[] {
  const found = new Set([code]);
  while (found.size <= decoys) found.add(String(randomBelow(codes)).padStart(6, '0'));
  const rest = [...found];
  const mixed: string[] = [];
  while (rest.length > 0) mixed.push(...rest.splice(randomBelow(rest.length), 1));
  return mixed;
}

/** A random whole number below `bound`, which is far below 2^32: no number is likelier by more than 1 in 4000. */
function randomBelow(bound: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % bound;
}
