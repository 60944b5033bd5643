import Search from 'lucide/dist/esm/icons/search.mjs'
import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { AccountMenu } from '../features/account/AccountMenu'
import { config } from '../lib/config'
import { useStore } from '../lib/store'
import { Icon } from '../ui/Icon'
import styles from './Header.module.css'
import * as strings from './strings'

export function Header() {
  const { siteName } = useStore(config)
  return (
    <header class={styles.header}>
      <a href="/" class={styles.brand} aria-label={strings.home(siteName)}>
        <Mark />
        <span>{siteName}</span>
      </a>
      <SearchForm />
      <div class={styles.account}>
        <AccountMenu />
      </div>
    </header>
  )
}

/** The logo: a footlight. */
function Mark() {
  return (
    <svg class={styles.mark} viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path d="M16 26 3.5 6h25z" opacity=".28" />
      <path d="M16 26 9.4 6h13.2z" opacity=".5" />
      <path d="M8 27a8 8 0 0 1 16 0z" />
    </svg>
  )
}

function SearchForm() {
  const { path, query, route } = useLocation()
  const input = useRef<HTMLInputElement>(null)
  const term = path === '/search' ? (query.term ?? '') : ''

  // The field follows the address, so that Back and shared links show their search term.
  useEffect(() => {
    if (input.current) input.current.value = term
  }, [term])

  return (
    // biome-ignore lint/a11y/useSemanticElements: some screen readers don't support <search> yet.
    <form
      role="search"
      class={styles.search}
      action="/search"
      onSubmit={(event) => {
        event.preventDefault()
        const wantedTerm = input.current?.value.trim() ?? ''
        if (wantedTerm) route(`/search?term=${encodeURIComponent(wantedTerm)}`)
      }}
    >
      <input
        ref={input}
        type="search"
        name="term"
        maxLength={100}
        autocomplete="off"
        enterkeyhint="search"
        aria-label={strings.searchLabel}
        placeholder={strings.searchPlaceholder}
      />
      <button type="submit" aria-label={strings.search}>
        <Icon of={Search} size={18} />
      </button>
    </form>
  )
}
