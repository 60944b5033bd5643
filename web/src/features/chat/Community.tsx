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

/** Those who come and go are counted together, so that a crowd's coming costs as much as one viewer's. */
const BATCH_MS = 1_000
const TYPING_MS = 200

/** Who is here. Hidden viewers are known by their number alone. */
export default function Community({ room, moderatorIds, me, onMenu }: Props) {
  const tick = useComings(room)
  const [term, setTerm] = useState('')
  const wanted = useLater(term.trim().toLowerCase(), TYPING_MS)

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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
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

/** Grows when somebody has come or gone, once in a while however many they are. */
function useComings(room: Room | null): number {
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
    // Hidden ones come without an event: the room's own number is looked at again.
    const look = window.setInterval(changed, 5 * BATCH_MS)
    room.on('participantConnected', changed).on('participantDisconnected', changed)
    return () => {
      window.clearTimeout(timer)
      window.clearInterval(look)
      room.off('participantConnected', changed).off('participantDisconnected', changed)
    }
  }, [room])
  return tick
}

/** The value as it is once it has rested for `ms`. */
function useLater<T>(value: T, ms: number): T {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => setLater(value), ms)
    return () => window.clearTimeout(timer)
  }, [value, ms])
  return later
}
