// What the doctor makes of facts: sentences that are whole, ranks, and reports that keep secrets.

import assert from 'node:assert/strict';

import fc from 'fast-check';

import { adviceFor } from '../../../src/core/doctor/advice.ts';
import type { Finding } from '../../../src/core/doctor/causes.ts';
import type { Facts, PlaceFacts } from '../../../src/core/doctor/facts.ts';
import { findingsOf } from '../../../src/core/doctor/findings.ts';
import { kindOfAddress, kindOfInterface } from '../../../src/core/doctor/networks.ts';
import { reportOf, summaryOf } from '../../../src/core/doctor/report.ts';
import { peerIdFromHash } from '../../../src/core/peers/peerId.ts';

const [own, expected, found] = [1, 2, 3].map((byte) => peerIdFromHash(new Uint8Array(32).fill(byte))) as [never, never, never];

const place: PlaceFacts = {
  address: { host: 'alices-laptop.example', port: 40_123 },
  ...{ host: '192.168.77.30', isHere: false, via: 'enp77s0', onLink: 'enp77s0', isThere: true, knock: 'open' },
  answer: { kind: 'ferry', peerId: expected, app: '1.0.0' },
};

/** A window on the network where everything works, and a peer that answers. */
function facts({
  here = {},
  peer = {},
  ...changes
}: { here?: object; peer?: object | null } & Record<string, unknown> = {}): Facts {
  return {
    here: {
      ...{ platform: 'linux', own, app: '1.0.0', isRemote: false, isContainer: false, isWsl: false, phase: 'online' },
      ...{ visibility: 'network', discovery: 'on', pins: [], wantedPort: 0, port: 41_000, ...here },
    },
    interfaces: [
      { name: 'lo', kind: 'loopback', addresses: [{ address: '127.0.0.1', kind: 'loopback', network: '127.0.0.1/8' }] },
      {
        ...{ name: 'enp77s0', kind: 'network' },
        addresses: [{ address: '192.168.77.20', kind: 'private', network: '192.168.77.20/24' }],
      },
    ],
    defaultVia: 'enp77s0',
    listener: [{ host: '192.168.77.20', knock: 'open' }],
    multicast: [
      { interface: 'enp77s0', family: 4, sent: 'yes', heardItself: true, heardOwnAnswer: true, heard: ['AAAAAAAAAAAAAAAA'] },
    ],
    firewalls: [],
    peer:
      peer === null
        ? undefined
        : {
            ...{ name: 'Alice Secret', expect: expected, isBlocked: false, isHeard: true, places: [place] },
            ...{ addresses: [place.address], ...peer },
          },
    ...changes,
  };
}

/** One of every cause. */
const causes: readonly Finding[] = [
  { cause: 'cannotStart', code: 'ERR_LISTEN_FAILED', weight: 'cause' },
  ...(['offline', 'thisMachineOnly', 'noNetwork', 'localNetworkDenied', 'wslNat', 'container', 'remoteWindow'] as const).map(
    (cause) => ({ cause, weight: 'cause' }) as const,
  ),
  ...(['nobodyHeard', 'peerNotHeard', 'noAddress', 'blockedHere', 'rejectedThere'] as const).map(
    (cause) => ({ cause, weight: 'cause' }) as const,
  ),
  ...(['hidden', 'off'] as const).map((discovery) => ({ cause: 'notAnnounced', discovery, weight: 'likely' }) as const),
  { cause: 'portTaken', wanted: 1, used: 2, weight: 'likely' },
  { cause: 'oneFamily', ours: 6, weight: 'note' },
  { cause: 'oneFamily', ours: 6, address: 'SECRET', weight: 'cause' },
  { cause: 'oneFamily', ours: 4, address: 'SECRET', weight: 'cause' },
  ...(['mdnsTaken', 'mdnsFiltered', 'mdnsFailed', 'wrongInterface', 'interfaceMissing', 'vpn'] as const).map(
    (cause) => ({ cause, interface: 'SECRET', weight: 'cause' }) as const,
  ),
  { cause: 'wrongInterface', interface: 'SECRET', there: 'SECRET', weight: 'cause' },
  { cause: 'vpn', interface: 'SECRET', address: 'SECRET', weight: 'cause' },
  { cause: 'listenerFiltered', address: 'SECRET', port: 1, weight: 'cause' },
  { cause: 'firewall', firewall: 'ufw', port: 1, weight: 'note' },
  ...(['tcpDenied', 'tcpFiltered', 'apart', 'elsewhere', 'nameUnknown', 'notListening', 'noFerry', 'ownAddress'] as const).map(
    (cause) => ({ cause, address: 'SECRET', weight: 'cause' }) as const,
  ),
  { cause: 'clonedIdentity', address: 'SECRET', weight: 'cause' },
  { cause: 'keyChanged', address: 'SECRET', expected, found, weight: 'cause' },
  { cause: 'versionsDiffer', ours: '1.0.0', theirs: '2.0.0', speaks: true, weight: 'note' },
  { cause: 'versionsDiffer', ours: '1.0.0', theirs: undefined, speaks: true, weight: 'note' },
  { cause: 'versionsDiffer', ours: '1.0.0', theirs: undefined, speaks: false, weight: 'cause' },
];

describe('the advice of the doctor', () => {
  for (const finding of causes) {
    it(`is whole for ${JSON.stringify(finding)}, and marks what is private`, () => {
      const { what, todo } = adviceFor(finding);
      for (const { text, args } of [what, todo]) {
        const places = new Set(Array.from(text.matchAll(/\{(\d)\}/g), ([, at]) => Number(at)));
        assert.deepEqual(
          [...places].sort(),
          args.map((_, index) => index),
        );
        assert.match(text, /^(?:[A-Z]|macOS|\{0\}).*\.$/);
        for (const arg of args) if (typeof arg !== 'object') assert.ok(!String(arg).includes('SECRET'));
      }
    });
  }
});

describe('the findings of the doctor', () => {
  const first = (given: Facts): string | undefined => findingsOf(given)[0]?.cause;
  const at = (changes: Partial<PlaceFacts>): Facts => facts({ peer: { places: [{ ...place, answer: undefined, ...changes }] } });

  it('are none where all is well', () => {
    assert.deepEqual(findingsOf(facts()), []);
    assert.deepEqual(findingsOf(facts({ peer: null })), []);
  });

  const knocks = [
    ['refused', {}, 'notListening'],
    ['timeout', {}, 'tcpFiltered'],
    ['timeout', { isThere: false }, 'apart'],
    ['timeout', { isThere: undefined }, 'tcpFiltered'],
    ['timeout', { onLink: undefined, isThere: undefined }, 'tcpFiltered'],
    ['timeout', { onLink: undefined, via: undefined, isThere: undefined }, 'elsewhere'],
    ['unreachable', { isThere: false }, 'apart'],
    ['unreachable', { isThere: true }, 'tcpFiltered'],
    ['unreachable', { onLink: undefined, isThere: undefined }, 'elsewhere'],
    ['denied', {}, 'tcpDenied'],
    ['name', {}, 'nameUnknown'],
    ['closed', {}, 'noFerry'],
    ['open', {}, 'noFerry'],
  ] as const;
  for (const [knock, changes, cause] of knocks) {
    it(`are ${cause} for ${knock} with ${JSON.stringify(changes)}`, () => assert.equal(first(at({ knock, ...changes })), cause));
  }

  it('say nothing of addresses that fail where one leads to the peer', () => {
    assert.deepEqual(findingsOf(facts({ peer: { places: [{ ...place, answer: undefined, knock: 'timeout' }, place] } })), []);
  });

  it('name what was answered before what was not', () => {
    const other: PlaceFacts = { ...place, answer: { kind: 'ferry', peerId: found, app: '1.0.0' } };
    assert.equal(first(facts({ peer: { places: [{ ...place, answer: undefined, knock: 'refused' }, other] } })), 'keyChanged');
    const clone: PlaceFacts = { ...place, answer: { kind: 'ferry', peerId: own, app: '1.0.0' } };
    assert.equal(first(facts({ peer: { places: [clone] } })), 'clonedIdentity');
  });

  it('weigh what hinders only the network as nothing for a peer on this machine', () => {
    const here = { ...place, isHere: true };
    const given = facts({ here: { visibility: 'thisMachine' }, peer: { places: [here] } });
    assert.deepEqual(findingsOf(given), []);
  });

  it('accuse no container out of which discovery gets', () => {
    const weights = (heard: readonly string[]) =>
      findingsOf(
        facts({
          ...{ here: { isContainer: true }, peer: null },
          multicast: [{ interface: 'enp77s0', family: 4, sent: 'yes', heardItself: true, heardOwnAnswer: true, heard }],
        }),
      ).flatMap(({ cause, weight }) => (cause === 'container' ? weight : []));
    assert.deepEqual([weights(['AAAAAAAAAAAAAAAA']), weights([])], [['note'], ['likely']]);
  });

  it('stand in the order of their weight, each cause once', () => {
    const given = facts({
      here: { isContainer: true, wantedPort: 40_000 },
      peer: { places: [1, 2].map(() => ({ ...place, answer: undefined, knock: 'refused' })) },
      firewalls: ['ufw'],
    });
    assert.deepEqual(
      findingsOf(given).map(({ cause, weight }) => `${weight} ${cause}`),
      ['cause notListening', 'likely portTaken', 'note container', 'note firewall'],
    );
  });
});

describe('a report of the doctor', () => {
  it('has findings with their advice, then what was checked', () => {
    const text = reportOf(facts({ peer: { places: [{ ...place, answer: undefined, knock: 'refused' }] } }), { redact: false });
    assert.match(
      text,
      /^What was found\n\n1\. Cause: The machine at 192\.168\.77\.30 answers, but nothing listens on that port\.\n {3}\S/,
    );
    assert.match(text, /\nWhat was checked\n\n- Ferry 1\.0\.0 on linux/);
    assert.match(text, /\n- 192\.168\.77\.30: TCP port 40123: nothing listens\n/);
  });

  it('says that nothing is wrong where there are only notes, and sums up what weighs most', () => {
    const noted = facts({ firewalls: ['ufw'] });
    assert.match(reportOf(noted), /^What was found\n\nNothing is wrong with the way there\.\n1\. Note: ufw is active/);
    assert.equal(summaryOf(noted), 'Nothing is wrong with the way there.');
    assert.equal(summaryOf(facts({ peer: null })), 'Nothing is wrong that can be seen from here.');
    const refused = facts({ peer: { places: [{ ...place, answer: undefined, knock: 'refused' }] } });
    assert.match(summaryOf(refused), /^The machine at 192\.168\.77\.30 answers, but nothing listens on that port\. Their editor/);
  });

  it('keeps names, addresses, interfaces and IDs to itself, whatever they are', () => {
    const word = fc.stringMatching(/^[a-z]{3}[a-z0-9.:%-]{5,30}[q-z]{4}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 5, maxLength: 5 }),
        fc.constantFrom('timeout', 'refused', 'open'),
        (words, knock) => {
          const [name = '', host = '', ip = '', nic = '', pin = ''] = words.map((one) => `zq${one}`);
          const given = facts({
            here: { pins: [pin], platform: 'linux' },
            defaultVia: nic,
            interfaces: [{ name: nic, kind: 'vpn', addresses: [{ address: ip, kind: 'private', network: '192.168.77.20/24' }] }],
            listener: [{ host: ip, knock }],
            multicast: [{ interface: nic, family: 4, sent: 'yes', heardItself: false, heardOwnAnswer: false, heard: [] }],
            peer: {
              name,
              places: [{ ...place, address: { host, port: 1 }, host: ip, via: nic, onLink: nic, knock, answer: undefined }],
            },
          });
          const [redacted, whole] = [reportOf(given), reportOf(given, { redact: false })];
          for (const secret of [name, ip, nic, pin]) {
            assert.ok(!redacted.includes(secret), `${secret} in\n${redacted}`);
            assert.ok(whole.includes(secret), secret);
          }
          assert.ok(!redacted.includes(host) && !redacted.includes(String(expected).slice(0, 7)));
        },
      ),
    );
  });

  it('speaks as it is told to, and shows no control characters', () => {
    const given = facts({
      peer: {
        name: 'evil\u202e\u0007',
        places: [{ ...place, answer: { kind: 'ferry', peerId: expected, app: '\u0007nonsense' } }],
      },
    });
    const text = reportOf(given, { redact: false, speak: ({ text: words, args }) => `«${words}${args.join(';')}»` });
    assert.match(text, /^«What was found»/);
    assert.ok(!/[\u0007\u202e]|nonsense/u.test(text));
  });
});

describe('networks', () => {
  it('are told by their addresses and names', () => {
    const kinds = [
      '127.0.0.1',
      '::1',
      '169.254.3.4',
      'fe80::1',
      '10.0.0.1',
      '172.31.0.1',
      '172.32.0.1',
      '192.168.1.1',
      'fd00::1',
      '100.64.0.7',
      '8.8.8.8',
    ];
    assert.deepEqual(kinds.map(kindOfAddress), [
      'loopback',
      'loopback',
      'linkLocal',
      'linkLocal',
      'private',
      'private',
      'public',
      'private',
      'private',
      'overlay',
      'public',
    ]);
    const named = [
      ['lo', '127.0.0.1'],
      ['eth0', '10.0.0.1'],
      ['Wi-Fi', '192.168.1.2'],
      ['wg0', '10.8.0.2'],
      ['en5', '100.100.1.1'],
      ['utun3', 'fe80::1'],
      ['docker0', '172.17.0.1'],
      ['vEthernet (WSL)', '172.20.0.1'],
    ] as const;
    assert.deepEqual(
      named.map(([name, address]) => kindOfInterface(name, [address])),
      ['loopback', 'network', 'network', 'vpn', 'vpn', 'vpn', 'container', 'container'],
    );
  });
});
