// What a window publishes, as a DNS-SD library writes it. The only door to bonjour-service.

import { FerryError } from '../../core/base/errors.ts';
import { type Advert, type OwnRecord, ownRecords } from '../../core/discovery/discoveryRecords.ts';

/** Gives the records of a window with these addresses. Fails with ERR_DISCOVERY_FAILED where the library leaves one out. */
export type Publish = (advert: Advert, addresses: readonly string[]) => readonly OwnRecord[];

/** Loads the library. */
export async function loadPublication(): Promise<Publish> {
  const { default: Bonjour } = await import('bonjour-service');
  const nothing = (): void => undefined;
  return (advert, addresses) => {
    const { instance: name, idPrefix, port, host } = advert;
    const service = { name, type: 'ferry', port, host: `${host}.local`, txt: { v: '1', id: idPrefix } };
    const records = ownRecords(new Bonjour.Service(service, nothing, nothing).records(), advert, addresses);
    if (records === undefined) throw new FerryError('ERR_DISCOVERY_FAILED', 'bonjour-service leaves a record out');
    return records;
  };
}
