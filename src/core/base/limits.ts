// Every limit of Ferry, with its unit and its reason. Nothing else in the code names a limit of its own.

const kibi = 1024;
const mebi = 1024 * kibi;
const gibi = 1024 * mebi;

export const limits = {
  /** A TLS handshake takes milliseconds on a LAN; whoever needs longer holds a place that others want. */
  handshakeMs: 10_000,
  /** Request headers, from the end of the handshake on. */
  headersMs: 10_000,
  headersBytes: 16 * kibi,
  /** Read into memory before it is parsed: an offer of about 1 500 items with names of usual length. */
  jsonBodyBytes: 256 * kibi,
  jsonBodyMs: 10_000,
  /** A body that stands still this long is a cut cable or a stalled peer. */
  idleBodyMs: 30_000,
  /**
   * What has to come of a body in a second, on average: 64 kbit/s. Whoever sends a byte now and then holds a place for nothing.
   */
  bodyRateBytes: 8 * kibi,
  /** An answer that waits for nobody, from the request to its end: a JSON body and what it leads to. */
  answerMs: 20_000,
  /** The answer to an item, from its last byte on: where a disk has no links, giving a file its name is copying it. */
  itemEndMs: 10 * 60_000,
  /** How long, and for how many bytes, a request that was refused early is still read, so that its sender gets to see why. */
  lingerMs: 1_000,
  lingerBytes: 8 * mebi,
  /** Sockets that have not shown a certificate yet: in all, and from one address. The oldest gives way. */
  preHandshakeSockets: 32,
  preHandshakeSocketsPerAddress: 4,
  /** Sockets with a certificate: bounds memory, leaves room for eight windows of each of a class. */
  sockets: 256,
  /** Offers that wait for the person; more answer "busy". */
  offersWaiting: 20,
  /**
   * Of one peer, and of all peers that were never met: keys cost nothing, so strangers must not fill the places of the others.
   */
  offersWaitingPerPeer: 5,
  offersWaitingOfStrangers: 10,
  /**
   * Offers in ten minutes that came to nothing, of one peer and of all peers that were never met: a person answers a few a
   * minute, and whoever makes more only fills the Inbox.
   */
  offersPerPeer: 60,
  offersOfStrangers: 60,
  offersCountedMs: 10 * 60_000,
  /** Rows of the Inbox for offers that came to nothing, and how many items they may hold in memory. */
  inboxRows: 200,
  inboxItems: 10_000,
  /** A notification is on screen this long, answered or not; VS Code shows three at once. */
  ringMs: 10_000,
  ringsAtOnce: 3,
  /** Notifications about strangers whom the person does not accept, in `muteMs`; further requests only wait in the Inbox. */
  ringsOfStrangers: 3,
  /** Refusals in a row after which a peer's offers are declined unseen, and for how long. */
  refusalsUntilMute: 3,
  muteMs: 10 * 60_000,
  itemsPerOffer: 10_000,
  /** An offer that nobody answered. */
  offerLifeMs: 2 * 60_000,
  /** Time between two "still waiting" answers; below the 5 s after which people look for an error. */
  processingMs: 4_000,
  /** An accepted item whose bytes do not begin: its sender is away then. */
  itemStartMs: 30_000,
  /** A transfer of less has a place of its own beside a large one: it takes a second or two on Wi-Fi. */
  smallTransferBytes: 8 * mebi,
  /** How long a transfer waits for a peer who is away: the next day they are back, or it is not wanted any more. */
  awayLifeMs: 24 * 60 * 60_000,
  /** What was accepted waits so long for its sender to come back, and what has come of it lies on the disk. */
  acceptedLifeMs: 7 * 24 * 60 * 60_000,
  /** Items of one peer of which some bytes have come: each has a file open until its sender is back. */
  itemsBegunPerPeer: 64,
  /** Offer ids remembered so that a repeated offer is refused. */
  offersRemembered: 10_000,
  /** A pairing, from its commitment to its end: two people who sit together need about 20 s, and a code must not lie about. */
  pairingLifeMs: 2 * 60_000,
  /**
   * Pairings that peers may begin here: of one peer in five minutes, and of all strangers, and of all peers that were met, in an
   * hour. Whoever begins one knows its code before it is shown and may begin anew until one suits, so these are what bounds
   * guessing: a stranger sees ten codes of a million in an hour.
   */
  pairingsPerPeer: 3,
  pairingsPerPeerMs: 5 * 60_000,
  pairingsOfAll: 10,
  pairingsOfAllMs: 60 * 60_000,
  /** Failed pairings that are remembered to be shown: more than a day of them. */
  pairingFailuresRemembered: 256,
  dialMs: 5_000,
  dictionaryBytes: 1 * mebi,
  dictionaryDepth: 32,
  dictionaryNodes: 10_000,
  /** A snippet is read into memory, inserted and compared; whatever is larger is a file. */
  snippetBytes: 1 * mebi,
  /** The path that an item comes from, as its sender tells it: several times what people have. */
  contextPathBytes: 1 * kibi,
  /** Texts that are merged, and their pairs of equal lines, which is what that costs: so many take half a second. */
  mergeBytes: 8 * mebi,
  mergePairs: 500_000,
  /** Ranges of lines in one snippet: more cursors than anybody sets by hand. */
  contextRanges: 100,
  /** The text of a message: a page of it. What is longer is a file. */
  messageBytes: 8 * kibi,
  /** Requests with messages in one span, of one peer and of all peers that were never met: nobody writes faster. */
  messagesPerPeer: 10,
  messagesOfStrangers: 5,
  messagesCountedMs: 10_000,
  /**
   * Messages that the person has not looked at, of one stranger and of all: keys cost nothing, and what is unread gives way to
   * nothing.
   */
  messagesUnreadPerStranger: 10,
  messagesUnreadOfStrangers: 50,
  /** Messages that are kept, of one peer and of all; beyond that the oldest go. And their texts in all, which are in memory. */
  messagesKeptPerPeer: 500,
  messagesKept: 20_000,
  messagesKeptBytes: 16 * mebi,
  /**
   * The largest content that is sealed as one compact JWE: its library takes that in one go, 10 ms for each MiB, and nothing else
   * has the thread meanwhile.
   */
  compactSealBytes: 2 * mebi,
  /** The largest content of a compact JWE that is opened, whoever sealed it; `jose` holds it in memory about fifteen times. */
  compactUnsealBytes: 8 * mebi,
  /** The longest header of a sealed item, in its base64url form; ours have about 350 characters. */
  sealedHeadBytes: 4 * kibi,
  mdnsPeers: 256,
  mdnsPeersPerAddress: 16,
  /** Whoever is on a link has as many addresses of IPv6 as they like: those who have one of IPv4 keep half of the places. */
  mdnsPeersOverIpv6: 128,
  /** Loopback and two networks; more would let a stranger send us round the network. */
  mdnsAddressesPerWindow: 3,
  /** The life of an SRV record. By then a window was asked after four times: one lost answer is common on Wi-Fi. */
  mdnsLifeMs: 120_000,
  /** Asked after twice without an answer: such an entry gives way when there is no room for another. */
  mdnsStaleMs: 105_000,
  /** One Ethernet frame; our own packets have less than 600 bytes. */
  mdnsPacketBytes: 1500,
  /** Known answers of others may be many in one packet. */
  mdnsPacketRecords: 64,
  /**
   * In a second; several times what a window sends while it starts. On loopback all windows of this machine share one address.
   */
  mdnsPacketsPerSource: 50,
  mdnsPacketsPerLoopbackSource: 200,
  /** False sender addresses cost nothing, so there must be a sum; decoding this many takes a few percent of a second. */
  mdnsPacketsInAll: 500,
  /** In a second; an answer goes to everybody at once: more of them serve only to flood the others (RFC 6762 section 6). */
  mdnsAnswers: 20,
  /** Questions whose asker says that known answers follow, one of each address, kept for half a second. */
  mdnsHeldQuestions: 16,
  /** Between two answers to somebody who contradicts our records: a quarrel must not fill the network (RFC 6762 section 9). */
  mdnsDefendEveryMs: 5000,
  /** The pause between the first two rounds of asking, which is also the shortest; each is twice the one before (section 5.2). */
  mdnsAskAtMostEveryMs: 1000,
  mdnsAskLongestMs: 3_600_000,
  /** How often addresses are compared and clocks watched; a look that comes this much late has slept. */
  mdnsLookMs: 5000,
  mdnsSleptMs: 10_000,
  /** An interface that failed is tried again after the first pause, then after twice the last one, up to the longest. */
  mdnsRetryFirstMs: 5000,
  mdnsRetryLongestMs: 300_000,
  /** Changes within this time are told once: a flood must not redraw the editor at the speed of the network. */
  mdnsTellAfterMs: 50,
  /** Peers in the book; the one not used for longest gives way. */
  peersRemembered: 1000,
  addressesRemembered: 8,
  /** Space that stays free on the disk that receives. */
  diskKeptFreeBytes: 512 * mebi,
  nameBytes: 200,
  displayNameBytes: 64,
  /** Text longer than this is named, not printed, in the output channel. */
  printBytes: 1 * mebi,
  /**
   * Text longer than this is not opened by itself: the editor holds all of it in memory, and does not synchronise more with
   * extensions.
   */
  openBytes: 50 * mebi,
  /**
   * How much of an item may be on its way beyond what its receiver has kept: a 64th of it, within these bounds. A connection that ends
   * loses no more, whatever buffers lie on the way. A LAN holds less, so that nothing waits; and one piece and a small file fit in.
   */
  aheadLeastBytes: mebi,
  aheadMostBytes: 16 * mebi,
  /**
   * How much of an item is read, sent, hashed and written at one go: the cost of each step is that of its bytes, and TLS seals so
   * much in under a millisecond.
   */
  pieceBytes: 512 * kibi,
  /**
   * What a folder may hold, folders included: several times the largest trees of source code. Each entry of it costs both sides a
   * few hundred bytes of memory, and each folder more than a file.
   */
  folderEntries: 1_000_000,
  folderFolders: 100_000,
  /** The path of an entry within its folder, as it travels: where systems end. And how deep: each level is a call of its own. */
  folderPathBytes: 4 * kibi,
  folderDepth: 128,
  /**
   * Paths of files in a folder that an offer names, and how long each may be: the offer is read into memory before anybody is
   * asked.
   */
  folderNamesTold: 50,
  folderNameToldBytes: 255,
  /** The names in a folder in all, which are kept in memory to be held against each other. */
  folderNamesBytes: 64 * mebi,
  /** Folders that a person shares: each is listed to every peer that may see it. */
  shares: 100,
  /**
   * Entries of a page of what is shared, and bytes that they may have in JSON: a page is shown at once and read into memory.
   */
  sharedPageEntries: 500,
  sharedPageBytes: 160 * kibi,
  /** Entries of one shared folder that are listed: more than a person looks through, and few enough to be sorted in memory. */
  sharedFolderEntries: 100_000,
  /** An id or a cursor of a listing: room for the longest path, and for two of them in the head of a request. */
  sharedIdBytes: 6 * kibi,
  /** Requests of one peer for what is shared that wait for their turn: its disk work is done one after the other. */
  sharedWaitingPerPeer: 16,
  /** Items that one peer gets at the same time: each has a file open and is hashed. */
  sharedBodiesPerPeer: 4,
  /** How long what a folder holds is remembered after it was described, how many folders, and of how many entries in all. */
  sharedPlanLifeMs: 10 * 60_000,
  sharedPlans: 16,
  sharedPlanEntries: 1_000_000,
  /** Describing a folder means going through all of it, on a slow disk for minutes. */
  sharedItemMs: 10 * 60_000,
  /** What was got from shared folders of late, for whoever shares them. */
  sharedGetsRemembered: 200,
  /** The largest shared file that is opened without being got: an editor asks for all of it at once. */
  sharedOpenBytes: 16 * mebi,
  /** The largest item there can be: 16 TiB, where file systems end. */
  itemBytes: 16 * 1024 * gibi,
} as const;
