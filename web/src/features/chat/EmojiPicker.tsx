import data from 'emoji-picker-element-data/en/cldr-native/data.json?url'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timedFetch } from '../../lib/timedFetch'
import { Skeleton } from '../../ui/Skeleton'
import styles from './EmojiPicker.module.css'
import * as emojiStrings from './emoji.strings'
import * as strings from './strings'

interface Emoji {
  emoji: string
  annotation: string
  tags?: string[]
  group: number
  /** The version of the emoji standard. */
  version: number
}

/** Current systems draw emoji up to this version. Newer ones would be empty boxes on many. */
const MAX_VERSION = 15
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const
const MAX_RESULTS = 80

let loaded: Promise<Emoji[]> | null = null

/** Load all emoji from a file of this site, once. A failed request is retried by the next call. */
function load(): Promise<Emoji[]> {
  loaded ??= timedFetch(new Request(data))
    .then(async (response) => {
      if (!response.ok) throw new Error(response.statusText)
      const all = (await response.json()) as Emoji[]
      return all.filter(({ version }) => version <= MAX_VERSION)
    })
    .catch((error: unknown) => {
      loaded = null
      throw error
    })
  return loaded
}

/**
 * Emoji by group and by name. Well-known pickers use inline styles or set HTML from strings, and this site's content
 * security policy allows neither.
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
    let isOpen = true
    root.current?.querySelector('input')?.focus()
    load().then(
      (emoji) => isOpen && setAll(emoji),
      () => isOpen && setBroken(true),
    )
    const onPress = (event: PointerEvent) => {
      const target = event.target as Element
      if (!root.current?.parentElement?.parentElement?.contains(target)) onClose()
    }
    document.addEventListener('pointerdown', onPress)
    return () => {
      isOpen = false
      document.removeEventListener('pointerdown', onPress)
    }
    // `onClose` is a new function in each render, but always does the same.
  }, [])

  const words = term.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const isMatch = ({ annotation, tags = [] }: Emoji) =>
    words.every((word) =>
      [annotation, ...tags].some((name) => ` ${name.toLowerCase()}`.includes(` ${word}`)),
    )
  const results = words.length > 0 && all ? all.filter(isMatch).slice(0, MAX_RESULTS) : null

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
      return
    }
    const next = step(root.current, event.key)
    if (next) {
      event.preventDefault()
      next.focus()
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
          // Enter must not send the composer's form.
          event.preventDefault()
          if (results?.[0]) onPick(results[0].emoji)
        }}
      />
      <div class={styles.groups}>
        {isBroken && <p class={styles.none}>{emojiStrings.loadFailed}</p>}
        {!all && !isBroken && <Skeleton height="9rem" shape="block" />}
        {results?.length === 0 && (
          <p class={styles.none} role="status">
            {emojiStrings.noMatch}
          </p>
        )}
        {results && <Grid emoji={results} onPick={onPick} />}
        {all &&
          !results &&
          GROUPS.map((group) => (
            <section key={group} class={styles.group} aria-label={emojiStrings.groups[group]}>
              <h3>{emojiStrings.groups[group]}</h3>
              <Grid emoji={all.filter((emoji) => emoji.group === group)} onPick={onPick} />
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
          // Tab stops once in each group. The arrow keys continue from there.
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

/** Return the emoji that an arrow key moves to. From the search field, Down moves to the first. */
function step(root: HTMLElement | null, key: string): HTMLElement | null {
  const buttons = [...(root?.querySelectorAll<HTMLElement>(`.${styles.grid} button`) ?? [])]
  const from = document.activeElement as HTMLElement
  const at = buttons.indexOf(from)
  if (at < 0) return key === 'ArrowDown' ? (buttons[0] ?? null) : null
  if (key === 'ArrowLeft') return buttons[at - 1] ?? null
  if (key === 'ArrowRight') return buttons[at + 1] ?? null
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null
  const others = key === 'ArrowDown' ? buttons.slice(at + 1) : buttons.slice(0, at).reverse()
  const { left, top } = from.getBoundingClientRect()
  return (
    others.find((button) => {
      const place = button.getBoundingClientRect()
      return place.top !== top && Math.abs(place.left - left) < place.width / 2
    }) ?? null
  )
}
