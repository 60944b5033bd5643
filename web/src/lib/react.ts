/**
 * What the chat's virtual list asks of React, on Preact: the few functions that it imports, and lengths in pixels.
 * `preact/compat` would be four times as much, and would change how the site's own elements are made.
 */
import { type ComponentChild, type ComponentType, options, type Ref, type VNode } from 'preact'
import { jsx as create } from 'preact/jsx-runtime'

export {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
} from 'preact/hooks'

type Props = Record<string, unknown>

/** To Preact a component's `ref` is one of its properties. */
export function forwardRef(render: (props: Props, ref: Ref<unknown>) => ComponentChild) {
  return ({ ref, ...props }: Props) => render(props, ref as Ref<unknown>)
}

/** The rows are new with each render, so comparing would never spare one. */
export function memo<Inner>(component: Inner): Inner {
  return component
}

export function flushSync(change: () => void): void {
  const later = options.debounceRendering
  options.debounceRendering = (render) => render()
  change()
  options.debounceRendering = later
}

export function jsx(type: string | ComponentType<Props>, props: Props, key?: string): VNode {
  const { style } = props
  if (typeof type !== 'string' || !style) return create(type as 'div', props, key)
  const lengths = Object.entries(style).map(([name, value]) => [
    name,
    typeof value === 'number' ? `${value}px` : value,
  ])
  return create(type as 'div', { ...props, style: Object.fromEntries(lengths) }, key)
}
