import type { Room } from 'livekit-client'
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Virtualizer } from 'virtua'
import { Avatar } from '../../ui/Avatar'
import { ToolButton } from '../../ui/ToolButton'
import styles from './Community.module.css'
import { Badge } from './MessageRow'
import { nameColor } from './nameColor'
import { listPeople, type Person } from './participants'
import * as strings from './people.strings'
import * as chatStrings from './strings'

interface Props {
  room: Room | null
  moderatorIds: readonly string[]
  me: string | null
  onMenu(person: Person, opener: HTMLElement): void
}

/** Participants who join or leave within this time cause one render, so that a crowd costs as much as one viewer. */
const BATCH_MS = 1_000
const TYPING_MS = 200

/** The people in the room. Of hidden viewers, only the number is known. */
export default function Community({ room, moderatorIds, me, onMenu }: Props) {
  const tick = useParticipantChanges(room)
  const [term, setTerm] = useState('')
  const wanted = useDebounced(term.trim().toLowerCase(), TYPING_MS)

  const people = useMemo(
    () =>
      room
        ? listPeople([...room.remoteParticipants.values(), room.localParticipant], moderatorIds)
        : [],
    [room, moderatorIds, tick],
  )
  const shown = useMemo(
    () => (wanted ? people.filter(({ name }) => name.toLowerCase().includes(wanted)) : people),
    [people, wanted],
  )
  const hidden = room ? Math.max(0, room.numParticipants - room.remoteParticipants.size - 1) : 0

  return (
    <div class={styles.community} data-testid="community">
      <input
        type="search"
        class={styles.search}
        aria-label={strings.search}
        placeholder={strings.search}
        value={term}
        onInput={(event) => setTerm(event.currentTarget.value)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable list must be reachable by keyboard. */}
      <div class={styles.people} tabIndex={0}>
        {shown.length === 0 && (
          <p class={styles.none} role="status">
            {wanted ? strings.noMatch : strings.alone}
          </p>
        )}
        <Virtualizer data={shown}>
          {(person: Person) => (
            <div key={person.viewerId} class={styles.person} data-testid="person">
              <Avatar name={person.name} image={null} size="s" />
              <span class={styles.name} style={{ color: nameColor(person.name) }}>
                <bdi>{person.name}</bdi>
              </span>
              <Badge role={person.role} />
              {person.viewerId === me && <span class={styles.you}>{strings.you}</span>}
              {person.viewerId !== me && (
                <ToolButton
                  icon={EllipsisVertical}
                  iconSize={18}
                  class={styles.more}
                  aria-haspopup="menu"
                  aria-label={chatStrings.actionsForPerson(person.name)}
                  onClick={(event) => onMenu(person, event.currentTarget)}
                />
              )}
            </div>
          )}
        </Virtualizer>
        {hidden > 0 && !wanted && (
          <p class={styles.guests} data-testid="hidden-guests">
            {strings.guests(hidden)}
          </p>
        )}
      </div>
    </div>
  )
}

/** Return a number that grows when participants join or leave, at most once per batch. */
function useParticipantChanges(room: Room | null): number {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    if (!room) return
    let timer = 0
    const changed = () => {
      timer ||= window.setTimeout(() => {
        timer = 0
        setTick((count) => count + 1)
      }, BATCH_MS)
    }
    // Hidden viewers join without an event, so their number is checked at intervals.
    const check = window.setInterval(changed, 5 * BATCH_MS)
    room.on('participantConnected', changed).on('participantDisconnected', changed)
    return () => {
      window.clearTimeout(timer)
      window.clearInterval(check)
      room.off('participantConnected', changed).off('participantDisconnected', changed)
    }
  }, [room])
  return tick
}

/** Return the value after it has not changed for `ms`. */
function useDebounced<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), ms)
    return () => window.clearTimeout(timer)
  }, [value, ms])
  return settled
}
