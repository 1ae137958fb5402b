// Items: what is carried. An item is described in an offer before any of its bytes move.

/** What the sender's editor knows of an item; every part may be missing. */
export type ItemContext = { readonly languageId?: string; readonly encoding?: string };

/** An item in the clear: a file today, other kinds differ in how they are gathered and shown, nowhere else. */
export type PlainItem = {
  readonly kind: 'file';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  readonly context?: ItemContext;
};

export type OfferedItem = PlainItem;

/** One offer: its id is chosen by the sender, 128 random bits in base64url. */
export type Offer = {
  readonly id: string;
  readonly sender: { readonly name: string };
  readonly items: readonly OfferedItem[];
};

/** Which items of an offer were accepted, and from which byte on each is wanted. */
export type OfferAnswer = { readonly items: readonly { readonly n: number; readonly from: number }[] };

/** Sum of the sizes of items, in bytes. */
export function totalSize(items: readonly { readonly size: number }[]): number {
  return items.reduce((sum, item) => sum + item.size, 0);
}
