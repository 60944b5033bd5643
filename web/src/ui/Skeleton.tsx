import styles from './Skeleton.module.css'

interface Props {
  width?: string
  height?: string
  shape?: 'line' | 'block' | 'circle'
}

/** A placeholder for content that is loading. */
export function Skeleton({ width = '100%', height = '1em', shape = 'line' }: Props) {
  return (
    <span
      class={`${styles.skeleton} ${styles[shape]}`}
      style={{ inlineSize: width, blockSize: height }}
      aria-hidden="true"
    />
  )
}
