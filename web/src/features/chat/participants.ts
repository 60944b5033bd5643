/** The participants of a chat: their ids and roles, and who may moderate whom. */
import type { ChatMessage } from '../../api/types'

export type Role = ChatMessage['from']['role']

const HOST = /^Host-/

/** Return the viewer id of an identity: `{viewerId}:{tab}`, or `Host-{userId}:{tab}` for the creator. */
export function viewerIdOf(identity: string): string {
  return identity.replace(HOST, '').replace(/:.*$/, '')
}

export function roleOf(identity: string, moderatorIds: readonly string[]): Role {
  if (HOST.test(identity)) return 'host'
  const viewerId = viewerIdOf(identity)
  // A user id has no dashes. A guest id is a UUID, with dashes.
  if (viewerId.includes('-')) return 'guest'
  return moderatorIds.includes(viewerId) ? 'moderator' : 'viewer'
}

interface Viewer {
  viewerId: string
  role: Role
}

export interface Person extends Viewer {
  name: string
}

/** Return whether this role moderates the chat. */
export function isModerating(role: Role): boolean {
  return role === 'host' || role === 'moderator'
}

/** Return whether `me` may put `target` in timeout and block them. */
export function mayModerate(me: Viewer, target: Viewer): boolean {
  if (me.viewerId === target.viewerId || target.role === 'host') return false
  return me.role === 'host' || (me.role === 'moderator' && target.role !== 'moderator')
}

/** Return whether `me` may delete a message of `author`. Moderators may delete their own. */
export function mayDelete(me: Viewer, author: Viewer): boolean {
  return isModerating(me.role) && (me.viewerId === author.viewerId || mayModerate(me, author))
}

const RANKS: readonly Role[] = ['host', 'moderator', 'viewer', 'guest']
const { compare } = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true })

/** Return each person once, however many tabs they have open: the host, moderators, and the rest by name. */
export function listPeople(
  participants: Iterable<{ identity: string; name?: string | undefined }>,
  moderatorIds: readonly string[],
): Person[] {
  const people = new Map<string, Person>()
  for (const { identity, name } of participants) {
    const viewerId = viewerIdOf(identity)
    // The ingress, which sends the host's media, has no tab.
    const role = identity.includes(':') ? roleOf(identity, moderatorIds) : 'host'
    people.set(viewerId, { viewerId, name: name || viewerId, role })
  }
  const rank = ({ role }: Person) => (role === 'guest' ? 2 : RANKS.indexOf(role))
  return [...people.values()].sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name))
}
