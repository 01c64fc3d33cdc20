import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store, StreamTarget } from '../../../src/sync/store/store.ts';
import { deletingContract } from './deleting.ts';
import { errorsContract } from './errors.ts';
import { keysContract } from './keys.ts';
import { listingContract } from './listing.ts';
import { propertiesContract } from './properties.ts';
import { readingContract } from './reading.ts';
import { signalsContract } from './signals.ts';
import { tagsContract } from './tags.ts';
import { uploadingContract } from './uploading.ts';
import { writingContract } from './writing.ts';

export type ContractStore = Store & StreamTarget;

interface OpenOptions {
  readonly prefix?: string;
  readonly pageSize?: number;
}

/** One bucket or container of its own, empty at first. */
export interface StoreLocation {
  /** A storage class or access tier that is not the default. */
  readonly otherTier: string;
  /** Of all names and values of one object. */
  readonly maxMetadataBytes: number;
  open(options?: OpenOptions): ContractStore;
  /** A store in a bucket or container that does not exist. */
  openMissing(): ContractStore;
  /** This location with credentials that allow nothing but listing. */
  openDenied(): ContractStore;
  /** A store on a server that does not answer. */
  openUnreachable(): ContractStore;
}

export interface StoreServer {
  createLocation(): Promise<StoreLocation>;
  stop(): Promise<void>;
}

/** What this server does instead of what the contract says. The reason is part of the test's name. */
interface Deviation {
  readonly reason: string;
  readonly instead: (location: StoreLocation) => Promise<void>;
}

export interface ContractSubject {
  readonly name: string;
  start(): Promise<StoreServer>;
  /** By the name of the behaviour. */
  readonly deviations?: Readonly<Record<string, Deviation>>;
}

/** Declares one test of the contract; each has a location of its own. */
export type Behaviour = (name: string, test: (location: StoreLocation) => Promise<void>) => void;

const AREAS = {
  writing: writingContract,
  reading: readingContract,
  listing: listingContract,
  keys: keysContract,
  properties: propertiesContract,
  tags: tagsContract,
  deleting: deletingContract,
  'uploading in parts': uploadingContract,
  errors: errorsContract,
  signals: signalsContract,
};

/** Declares the tests that every store must pass. */
export function describeStoreContract({ name, start, deviations = {} }: ContractSubject): void {
  describe(`the contract of a store: ${name}`, () => {
    const declared = new Set<string>();
    let server: StoreServer;

    const behaviour: Behaviour = (behaviourName, test) => {
      declared.add(behaviourName);
      const deviation = deviations[behaviourName];
      const testName = deviation === undefined ? behaviourName : `${behaviourName} (not here: ${deviation.reason})`;
      it(testName, async () => (deviation?.instead ?? test)(await server.createLocation()));
    };

    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    for (const [area, contract] of Object.entries(AREAS)) describe(area, () => contract(behaviour));

    it('has no deviation that is not one of its behaviours', () => {
      expect(Object.keys(deviations).filter((deviation) => !declared.has(deviation))).toEqual([]);
    });
  });
}
