import { useEffect } from 'preact/hooks'
import { config } from './config'
import { useStore } from './store'

/** Set the title of the browser's tab. */
export function useTitle(title: string | null | undefined): void {
  const { siteName } = useStore(config)
  useEffect(() => {
    document.title = title ? `${title} · ${siteName}` : siteName
  }, [title, siteName])
}
