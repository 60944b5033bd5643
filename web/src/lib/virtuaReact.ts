/**
 * The part of React that virtua, the chat's virtual list, imports, implemented with Preact. `vite.config.ts` resolves
 * virtua's imports of `react`, `react-dom`, and `react/jsx-runtime` to this module.
 *
 * `preact/compat` would be ten times as large, and would change how every element of the site is created.
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

/** In Preact, a component's `ref` is one of its properties. */
export function forwardRef(render: (props: Props, ref: Ref<unknown>) => ComponentChild) {
  return ({ ref, ...props }: Props) => render(props, ref as Ref<unknown>)
}

/** Return the component as it is. Its rows are new with each render, so a comparison would never skip one. */
export function memo<Inner>(component: Inner): Inner {
  return component
}

export function flushSync(change: () => void): void {
  const debounce = options.debounceRendering
  options.debounceRendering = (render) => render()
  change()
  options.debounceRendering = debounce
}

/** Create an element. React appends `px` to numeric styles, and Preact does not. */
export function jsx(type: string | ComponentType<Props>, props: Props, key?: string): VNode {
  const { style } = props
  if (typeof type !== 'string' || !style) return create(type as 'div', props, key)
  const lengths = Object.entries(style).map(([name, value]) => [
    name,
    typeof value === 'number' ? `${value}px` : value,
  ])
  return create(type as 'div', { ...props, style: Object.fromEntries(lengths) }, key)
}
