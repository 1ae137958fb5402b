// The test mode of discovery: another UDP port than that of mDNS, so that a Ferry under test and the one that a person uses on
// the same machine do not hear each other.

/**
 * The port that FERRY_TEST_MDNS_PORT names, or undefined where it names none, and discovery takes that of RFC 6762. Only ports
 * that need no rights are taken, so that nothing else of the system can be meant.
 */
export function testMdnsPort(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env['FERRY_TEST_MDNS_PORT'] ?? '';
  const port = /^\d{4,5}$/.test(text) ? Number(text) : 0;
  return port >= 1024 && port <= 65_535 ? port : undefined;
}
