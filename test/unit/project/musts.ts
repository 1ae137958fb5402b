// The sentences of PROTOCOL.md that say MUST, each with the test that holds Ferry to it, or with whom else it binds.

import { mustsOfItems } from './mustsOfItems.ts';
import { mustsOfShares } from './mustsOfShares.ts';

/** By words that stand in one such sentence alone: a test file and a part of the name of a test in it, or a note. */
export type Must = { readonly says: string } & (
  | { readonly shownBy: readonly [file: string, name: string] }
  | { readonly note: string }
);

/** The sentences of a page that have MUST in them, each on one line. */
export function sentencesWithMust(page: string): readonly string[] {
  const text = page.replaceAll(/^```.*?^```$/gms, '');
  const blocks = text.split(/\n(?:\s*\n|(?=- |\d+\. |\|))/).map((block) => block.replaceAll(/\s+/g, ' ').trim());
  return blocks.flatMap((block) => block.split(/(?<=[.;:]\**) /)).filter((sentence) => /\bMUST\b/.test(sentence));
}

export const musts: readonly Must[] = [
  { says: 'are to be read as in RFC 2119', note: 'says how the words are meant' },
  {
    says: 'MUST hold the other side to them',
    shownBy: ['unit/wire/messages.test.ts', 'is parsed or refused with its code, whatever JSON it is'],
  },
  {
    says: 'they MUST NOT decide who a peer is',
    shownBy: ['net/hostile/wire.test.ts', 'S3: gives nothing to another key at the address'],
  },
  { says: 'Other curves and algorithms MUST NOT be used', shownBy: ['net/connection/identity.test.ts', 'is none with a key of'] },
  {
    says: 'MUST allow `digitalSignature` there',
    shownBy: ['net/connection/identity.test.ts', 'has the certificate that both kinds of TLS library want'],
  },
  {
    says: "MUST NOT check the other's certificate for anything but its key",
    shownBy: ['net/whole/handshake.test.ts', 'answers a certificate whose dates are past'],
  },
  {
    says: 'It MUST be the 91 bytes of one form',
    shownBy: ['net/connection/identity.test.ts', 'is the hash of the 91 bytes that stand in the certificate'],
  },
  { says: 'compressed or hybrid point, MUST be refused', shownBy: ['net/connection/identity.test.ts', 'is one key with one ID'] },
  {
    says: 'MUST refuse an ID with a wrong check character',
    shownBy: ['unit/peers/peerId.test.ts', 'is refused with any one character replaced'],
  },
  {
    says: 'MUST compare the whole ID',
    shownBy: ['net/dialling/dialler.test.ts', 'takes nobody for the peer whose link was kept'],
  },
  {
    says: 'meets another MUST end the connection',
    shownBy: ['net/hostile/wire.test.ts', 'S3: gives nothing to another key at the address'],
  },
  {
    says: 'MUST NOT inherit anything',
    shownBy: ['net/hostile/wire.test.ts', 'S3: takes an offer under the name of a paired peer for that of a stranger'],
  },
  {
    says: 'MUST check that the commitment fits',
    shownBy: ['unit/pairing/responder.test.ts', 'refuse a reveal that does not fit the commitment'],
  },
  { says: 'Both sides MUST', shownBy: ['net/hostile/wire.test.ts', 'S4: '] },
  {
    says: 'MUST close a connection whose session is resumed',
    shownBy: ['net/hostile/wire.test.ts', 'S4: a session that is resumed'],
  },
  { says: 'MUST take a dialler without ALPN', shownBy: ['net/whole/handshake.test.ts', 'answers without ALPN'] },
  {
    says: 'requests MUST NOT be pipelined',
    shownBy: ['net/hostile/flood.test.ts', 'S5: closes a connection on which requests come without waiting for their answers'],
  },
  {
    says: 'MUST make its next request on a new connection',
    shownBy: ['net/dialling/answers.test.ts', 'is followed by the next request on a new one'],
  },
  { says: 'MUST work with an address that a person typed', shownBy: ['unit/peers/directory.test.ts', 'address'] },
  {
    says: '`id` MUST be the first 16 characters',
    shownBy: ['unit/peers/peerId.test.ts', 'has 16 base32 characters of the hash as prefix'],
  },
  {
    says: '`<instance>` MUST be the first 8 characters',
    shownBy: ['unit/discovery/discoveryRecords.test.ts', 'names a window after its peer and nothing else, differently each time'],
  },
  {
    says: '`<host>` MUST be a random label',
    shownBy: ['unit/discovery/discoveryRecords.test.ts', 'names a window after its peer and nothing else, differently each time'],
  },
  {
    says: 'MUST NOT carry a machine, user, folder or display name',
    shownBy: ['net/discovery/discovery.test.ts', 'S9: records hold no name of machine, user or folder'],
  },
  { says: 'MUST ignore a service whose `v` is not `1`', shownBy: ['unit/discovery/discoveryRecords.test.ts', 'refuses ${what}'] },
  {
    says: 'The port MUST be 1024 or higher',
    shownBy: ['unit/discovery/discoveryRecords.test.ts', 'refuses ${idPrefix} with port ${port}'],
  },
  { says: 'MUST ignore a service with a lower one', shownBy: ['unit/discovery/discoveryRecords.test.ts', 'refuses ${what}'] },
  {
    says: 'MUST stand in the same packet',
    shownBy: ['unit/discovery/discoveryRecords.test.ts', 'refuses a service whose text stands under another name'],
  },
  {
    says: 'MUST NOT multicast a record twice in a second',
    shownBy: [
      'unit/discovery/responder.test.ts',
      'says nothing twice in a second, and then what was asked meanwhile, once (section 6)',
    ],
  },
  {
    says: 'A question from another port than 5353 MUST be answered alone',
    shownBy: ['net/discovery/mdnsRules.test.ts', 'answers a plain resolver alone, with its id and question'],
  },
  {
    says: 'Messages with an opcode or response code other than 0 MUST be ignored',
    shownBy: ['net/discovery/mdnsRules.test.ts', 'does not answer ${what} (sections 18.3 and 18.11)'],
  },
  {
    says: 'a reader MUST refuse the message, and a sender puts U+FFFD',
    shownBy: ['unit/wire/messages.test.ts', 'is refused with half a surrogate pair in any text: ${name}'],
  },
  {
    says: 'MUST NOT give it to a peer with another key than its own',
    shownBy: ['net/whole/ownWindows.test.ts', 'tell what is open in them to nobody else, and do not hear it from anybody else'],
  },
  {
    says: 'MUST take the PTR or the SRV record with life 0',
    shownBy: [
      'unit/discovery/discoveryRecords.test.ts',
      'takes a life of zero, in the pointer or in the service, for a goodbye from that host',
    ],
  },
  { says: 'SRV targets MUST NOT be dialled', shownBy: ['net/hostile/mdns.test.ts', 'M3: addresses in records are never used'] },
  {
    says: 'MUST ignore a packet whose source is not on a network',
    shownBy: ['net/hostile/mdns.test.ts', 'M3: a response from another port than that of mDNS is no response'],
  },
  { says: 'MUST understand the absolute form', shownBy: ['net/listening/http.test.ts', 'is understood: '] },
  { says: 'Every request of HTTP/1.1 MUST have one `Host`', shownBy: ['net/dialling/hostField.test.ts', 'is '] },
  { says: 'MUST answer none, two, or one that is no host', shownBy: ['net/listening/http.test.ts', 'to a Host that is '] },
  {
    says: 'MUST check every member',
    shownBy: ['unit/wire/messages.test.ts', 'is taken without the members that this version does not know'],
  },
  {
    says: 'A body MUST keep moving',
    shownBy: ['net/connection/body.test.ts', 'fails when it comes a byte at a time, each of them in time'],
  },
  { says: 'MUST pass over every 1xx', shownBy: ['net/dialling/answers.test.ts', 'however often the peer says 102'] },
  {
    says: 'MUST take any other of 2xx for a failure',
    shownBy: ['net/dialling/answers.test.ts', 'means nothing where it comes early'],
  },
  {
    says: 'MUST watch for the answer while it sends',
    shownBy: ['net/dialling/answers.test.ts', 'is heard while bytes move where it is a problem'],
  },
  {
    says: 'MUST be answered with `peer-rejected`',
    shownBy: ['net/listening/listener.test.ts', 'rejects a request from a web page'],
  },
  { says: 'a peer MUST NOT branch on it', note: 'binds whoever reads it; Ferry hands `app` to nothing that decides' },
  {
    says: 'While it waits, the listener MUST send `102 Processing`',
    shownBy: ['net/listening/interim.test.ts', 'takes HTTP/1.0 without a Host, and sends it no 102'],
  },
  {
    says: 'The receiver MUST [make it safe]',
    shownBy: ['unit/text/safeName.test.ts', 'is safe for each of more than 500 hostile names'],
  },
  {
    says: 'MUST refuse an answer in which it lies behind the end',
    shownBy: ['unit/wire/offerAnswer.test.ts', 'a byte behind the end'],
  },
  {
    says: 'MUST take it for the one that it has, and MUST NOT ask its person a second time',
    shownBy: ['unit/receiving/inboxRepeated.test.ts', 'lets an offer that is made again join the first one'],
  },
  {
    says: 'under the same id with other items MUST be answered with `offer-repeated`',
    shownBy: ['net/listening/listener.test.ts', "'offer-repeated'"],
  },
  {
    says: 'MUST NOT send it before bytes, name and folder are written to the disk',
    shownBy: ['net/disk/storeCrash.test.ts', 'leaves each name absent or whole, keeps what was published'],
  },
  { says: 'All four MUST be there', shownBy: ['net/listening/goingOn.test.ts', 'says how far an item has come'] },
  {
    says: 'has one of the two fields twice or as anything else, MUST be refused',
    shownBy: ['net/listening/goingOn.test.ts', 'refuses a PATCH with ${name}, and changes nothing'],
  },
  {
    says: 'MUST compare it with all that it has',
    shownBy: ['unit/receiving/inboxItems.test.ts', 'is sent once more where it was put together from two connections'],
  },
  {
    says: 'MUST end whatever connection still brings bytes of the item',
    shownBy: ['net/listening/goingOn.test.ts', 'ends the connection before it'],
  },
  {
    says: '**A sender MUST NOT ask while it sends**',
    shownBy: ['unit/sending/comingBack.test.ts', 'asks anew only on a new connection, when the one before it is closed'],
  },
  {
    says: 'the item MUST be taken once more from 0',
    shownBy: [
      'net/listening/goingOn.test.ts',
      'takes an item once more from 0 whose digest is wrong after a cut, and then no more',
    ],
  },
  {
    says: 'Meanwhile the receiver MUST send `102 Processing`',
    shownBy: ['net/listening/interim.test.ts', 'sends 102 while a file is given its name'],
  },
  { says: 'MUST NOT call it delivered', shownBy: ['net/whole/cuts.test.ts', 'A transfer whose connection is cut'] },
  { says: 'Before consent, a receiver MUST', shownBy: ['unit/receiving/inbox.test.ts', 'is busy when twenty offers wait'] },
  {
    says: 'MUST check that its folder can be written',
    shownBy: ['unit/receiving/inbox.test.ts', 'before a byte moves, and tells both sides'],
  },
  {
    says: 'While bytes move, it MUST',
    shownBy: [
      'unit/receiving/inboxItems.test.ts',
      'is not kept when it ${name}, fails with ${code}, does not come again, and leaves the others',
    ],
  },
  { says: 'The name MUST be made safe', shownBy: ['unit/text/safeName.test.ts', 'is safe for what chance makes of them'] },
  {
    says: 'It MUST NOT replace a file',
    shownBy: ['net/disk/receiveStore.test.ts', 'numbers twenty files of one name that come at once, and loses none'],
  },
  {
    says: 'MUST be answered with 202 again',
    shownBy: ['net/whole/messages.test.ts', 'are taken once under their id, and another one under the same id is refused'],
  },
  {
    says: 'A receiver MUST show a text as a text',
    shownBy: ['host/messages.test.ts', 'arrive as plain lines: no markup, no icon, no direction, no second line'],
  },
  {
    says: 'MUST NOT do more about a message than show it',
    shownBy: ['host/messages.test.ts', 'open as a document that cannot be edited, in which nothing can be forged'],
  },
  { says: '`detail` MUST NOT carry paths', shownBy: ['support/rawOffers.ts', "['status', 'title', 'type']"] },
  ...mustsOfItems,
  ...mustsOfShares,
];
