/**
 * @peculiar/x509 registers its classes with a container (tsyringe) that refuses to load without the Reflect metadata API. None of
 * those classes takes injected arguments, so "there is no metadata" is the right answer to all it asks. Import this before it.
 */
Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
