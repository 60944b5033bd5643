/**
 * Keep the focus near a row whose removal its button is about to cause. Call the returned function after the removal: it
 * focuses the next row, or the list if no row remains.
 */
export function focusNear(pressed: HTMLElement | null): () => void {
  const row = pressed?.closest('li')
  const list = row?.parentElement
  const neighbor = row?.nextElementSibling ?? row?.previousElementSibling
  return () => {
    const { activeElement } = document
    // Don't take the focus from an element that the user has moved to.
    if (activeElement !== document.body && !row?.contains(activeElement)) return
    const target = neighbor?.querySelector('button') ?? list
    target?.focus()
  }
}
