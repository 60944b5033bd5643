/** The name of the page in the browser's tab. */
import { useEffect } from 'preact/hooks'
import { config } from './config'
import { useStore } from './store'

export function useTitle(title: string | null | undefined): void {
  const { siteName } = useStore(config)
  useEffect(() => {
    document.title = title ? `${title} · ${siteName}` : siteName
  }, [title, siteName])
}
