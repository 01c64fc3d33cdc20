import type { Location } from '../locations.ts';

/** A loopback address by any of its names. */
const LOOPBACK = /^(https?:\/\/)(?:127\.0\.0\.1|localhost|\[::1\])(?=[:/]|$)/;
/** The read-only endpoint of an account's second region, which shows the same blobs. */
const SECONDARY = /^(https:\/\/[a-z0-9]+)-secondary(?=\.)/;

const places = new WeakMap<Location, string>();

/** The container or bucket of a location, in one form for all names of the same account. */
export function placeOf(location: Location): string {
  const place = places.get(location) ?? formatPlace(location);
  places.set(location, place);
  return place;
}

function formatPlace(location: Location): string {
  return location.kind === 's3' ? `s3://${location.bucket}` : `${canonicalAccount(location.accountUrl)}/${location.container}`;
}

/** An account's URL in the form that {@link placeOf} uses: a setting may have capitals, the default port or several slashes at its end. */
export function canonicalAccount(accountUrl: string): string {
  const { protocol, host, pathname } = new URL(accountUrl);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`.replace(LOOPBACK, '$1localhost').replace(SECONDARY, '$1');
}

/** Tells whether a key may be in both locations. */
export function overlaps(one: Location, other: Location): boolean {
  return placeOf(one) === placeOf(other) && (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix));
}

/** The source and destination of a job or an ad hoc request. */
export interface Route {
  readonly source: Location;
  readonly destination: Location;
}

/**
 * Tells whether `other` copies back what `route` copies, or a part of it, to the very keys that it came from. Two jobs of which each is the
 * other's reverse are a two-way sync. It holds both ways round or not at all.
 */
export function isReverseOf(route: Route, other: Route): boolean {
  return isAligned([route.source, route.destination], [other.destination, other.source]);
}

/** Tells whether both copy from the same keys to the same keys, as far as their locations overlap. */
export function isSameRoute(route: Route, other: Route): boolean {
  return isAligned([route.source, route.destination], [other.source, other.destination]);
}

/** Two locations between which keys keep their path. */
type Pair = readonly [Location, Location];

/** The narrower pair lies at the same path below both locations of the wider one. */
function isAligned([from, to]: Pair, [otherFrom, otherTo]: Pair): boolean {
  if (!overlaps(from, otherFrom) || !overlaps(to, otherTo)) return false;
  return pathBetween(from, otherFrom) === pathBetween(to, otherTo) && pathBetween(otherFrom, from) === pathBetween(otherTo, to);
}

/** The path from `outer` to `inner`; empty where `inner` is not deeper. */
function pathBetween(outer: Location, inner: Location): string {
  return inner.prefix.slice(outer.prefix.length);
}
