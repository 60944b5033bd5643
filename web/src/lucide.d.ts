/** Types for the single icon modules of Lucide, which has types only for its index. They keep the bundle small. */
declare module 'lucide/dist/esm/icons/*.mjs' {
  import type { IconNode } from 'lucide'

  const icon: IconNode
  export default icon
}
