/** Who somebody is, by their identity in the room, and who may do what to whom. */

export type Role = 'host' | 'moderator' | 'viewer' | 'guest'

const HOST = /^Host-/

/** The viewer, whichever tab: `{viewerId}:{tab}`, or `Host-{userId}:{tab}` for the creator. */
export function viewerOf(identity: string): string {
  return identity.replace(HOST, '').replace(/:.*$/, '')
}

export function roleOf(identity: string, moderatorIds: readonly string[]): Role {
  if (HOST.test(identity)) return 'host'
  const viewerId = viewerOf(identity)
  // A user's id has no dashes, a guest's is a UUID with them.
  if (viewerId.includes('-')) return 'guest'
  return moderatorIds.includes(viewerId) ? 'moderator' : 'viewer'
}

interface Somebody {
  viewerId: string
  role: Role
}

export function isModerating(role: Role): boolean {
  return role === 'host' || role === 'moderator'
}

/** Whether `me` may time `whom` out and block them. */
export function mayModerate(me: Somebody, whom: Somebody): boolean {
  if (me.viewerId === whom.viewerId || whom.role === 'host') return false
  return me.role === 'host' || (me.role === 'moderator' && whom.role !== 'moderator')
}

/** Whether `me` may take away what `whom` said: one's own words too. */
export function mayDelete(me: Somebody, whom: Somebody): boolean {
  return isModerating(me.role) && (me.viewerId === whom.viewerId || mayModerate(me, whom))
}

export interface Person extends Somebody {
  name: string
}

const RANKS: readonly Role[] = ['host', 'moderator', 'viewer', 'guest']
const { compare } = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true })

/** Everyone once, however many tabs they have open: the host, the moderators, the rest by name. */
export function community(
  there: Iterable<{ identity: string; name?: string | undefined }>,
  moderatorIds: readonly string[],
): Person[] {
  const people = new Map<string, Person>()
  for (const { identity, name } of there) {
    const viewerId = viewerOf(identity)
    // The ingress, which brings the host's picture, has no tab.
    const role = identity.includes(':') ? roleOf(identity, moderatorIds) : 'host'
    people.set(viewerId, { viewerId, name: name || viewerId, role })
  }
  const rank = ({ role }: Person) => (role === 'guest' ? 2 : RANKS.indexOf(role))
  return [...people.values()].sort(
    (one, other) => rank(one) - rank(other) || compare(one.name, other.name),
  )
}
