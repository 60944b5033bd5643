/** Lucide types its barrel alone; its single icons keep the bundle, and each dev start, small. */
declare module 'lucide/dist/esm/icons/*.mjs' {
  import type { IconNode } from 'lucide'

  const icon: IconNode
  export default icon
}
