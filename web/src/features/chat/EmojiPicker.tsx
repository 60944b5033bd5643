import data from 'emoji-picker-element-data/en/cldr-native/data.json?url'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Skeleton } from '../../ui/Skeleton'
import styles from './EmojiPicker.module.css'
import * as emojiStrings from './emoji.strings'
import * as strings from './strings'

interface Emoji {
  emoji: string
  annotation: string
  tags?: string[]
  group: number
  /** Of the emoji standard. */
  version: number
}

/** Systems in use draw these; newer ones would be empty boxes on many. */
const NEWEST_DRAWN = 15
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const
const MOST_FOUND = 80

let loaded: Promise<Emoji[]> | null = null

/** All of them, from a file of this site's own; asked for again where that failed. */
function load(): Promise<Emoji[]> {
  loaded ??= fetch(data)
    .then(async (response) => {
      if (!response.ok) throw new Error(response.statusText)
      const all = (await response.json()) as Emoji[]
      return all.filter(({ version }) => version <= NEWEST_DRAWN)
    })
    .catch((error: unknown) => {
      loaded = null
      throw error
    })
  return loaded
}

/**
 * Emoji by group and by name. The well-known pickers bring inline styles or set HTML from strings, and this site's
 * content security policy allows neither.
 */
export default function EmojiPicker({
  onPick,
  onClose,
}: {
  onPick(emoji: string): void
  onClose(): void
}) {
  const [all, setAll] = useState<Emoji[] | null>(null)
  const [isBroken, setBroken] = useState(false)
  const [term, setTerm] = useState('')
  const root = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let isHere = true
    root.current?.querySelector('input')?.focus()
    load().then(
      (emoji) => isHere && setAll(emoji),
      () => isHere && setBroken(true),
    )
    const onPress = (event: PointerEvent) => {
      const at = event.target as Element
      if (!root.current?.parentElement?.parentElement?.contains(at)) onClose()
    }
    document.addEventListener('pointerdown', onPress)
    return () => {
      isHere = false
      document.removeEventListener('pointerdown', onPress)
    }
    // `onClose` is a new function at each render, and does the same.
  }, [])

  const words = term.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const isFound = ({ annotation, tags = [] }: Emoji) =>
    words.every((word) =>
      [annotation, ...tags].some((name) => ` ${name.toLowerCase()}`.includes(` ${word}`)),
    )
  const found = words.length > 0 && all ? all.filter(isFound).slice(0, MOST_FOUND) : null

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
      return
    }
    const to = step(root.current, event.key)
    if (to) {
      event.preventDefault()
      to.focus()
    }
  }

  return (
    <div
      ref={root}
      class={styles.picker}
      role="dialog"
      aria-label={strings.emoji}
      onKeyDown={onKeyDown}
      data-testid="emoji-picker"
    >
      <input
        type="search"
        class={styles.search}
        aria-label={emojiStrings.search}
        placeholder={emojiStrings.search}
        value={term}
        onInput={(event) => setTerm(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          // The composer's form is not to be sent.
          event.preventDefault()
          if (found?.[0]) onPick(found[0].emoji)
        }}
      />
      <div class={styles.groups}>
        {isBroken && <p class={styles.none}>{emojiStrings.loadFailed}</p>}
        {!all && !isBroken && <Skeleton height="9rem" shape="block" />}
        {found?.length === 0 && (
          <p class={styles.none} role="status">
            {emojiStrings.noMatch}
          </p>
        )}
        {found && <Grid emoji={found} onPick={onPick} />}
        {all &&
          !found &&
          GROUPS.map((group) => (
            <section key={group} class={styles.group} aria-label={emojiStrings.groups[group]}>
              <h3>{emojiStrings.groups[group]}</h3>
              <Grid emoji={all.filter((one) => one.group === group)} onPick={onPick} />
            </section>
          ))}
      </div>
    </div>
  )
}

function Grid({ emoji, onPick }: { emoji: readonly Emoji[]; onPick(emoji: string): void }) {
  return (
    <div class={styles.grid}>
      {emoji.map(({ emoji: sign, annotation }, index) => (
        <button
          key={sign}
          type="button"
          // One stop for Tab in each group; the arrows go on from there.
          tabIndex={index === 0 ? 0 : -1}
          title={annotation}
          aria-label={annotation}
          onClick={() => onPick(sign)}
        >
          {sign}
        </button>
      ))}
    </div>
  )
}

/** Where an arrow key leads among the emoji; from the search field, Down leads to the first. */
function step(root: HTMLElement | null, key: string): HTMLElement | null {
  const signs = [...(root?.querySelectorAll<HTMLElement>(`.${styles.grid} button`) ?? [])]
  const from = document.activeElement as HTMLElement
  const at = signs.indexOf(from)
  if (at < 0) return key === 'ArrowDown' ? (signs[0] ?? null) : null
  if (key === 'ArrowLeft') return signs[at - 1] ?? null
  if (key === 'ArrowRight') return signs[at + 1] ?? null
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null
  const others = key === 'ArrowDown' ? signs.slice(at + 1) : signs.slice(0, at).reverse()
  const { left, top } = from.getBoundingClientRect()
  return (
    others.find((sign) => {
      const place = sign.getBoundingClientRect()
      return place.top !== top && Math.abs(place.left - left) < place.width / 2
    }) ?? null
  )
}
