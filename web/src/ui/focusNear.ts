/**
 * Where a row is about to leave its list with what was pressed in it: what is returned puts the focus on the row
 * beside it, or on the list, rather than nowhere.
 */
export function focusNear(pressed: HTMLElement | null): () => void {
  const row = pressed?.closest('li')
  const list = row?.parentElement
  const beside = row?.nextElementSibling ?? row?.previousElementSibling
  return () => {
    const { activeElement } = document
    // Whoever went on elsewhere is left there.
    if (activeElement !== document.body && !row?.contains(activeElement)) return
    const target = beside?.querySelector('button') ?? list
    target?.focus()
  }
}
