export const chatInObs = 'Chat in OBS'
export const overlay = 'Overlay: your chat over your picture'
export const copyOverlay = 'Copy overlay address'
export const overlaySteps =
  'In Sources, press + and choose Browser. Paste the address as URL, and set Width to 500 and Height to 700.'
export const overlayStyle =
  'Add ?size=32&messages=8&seconds=60&badges=off&text=dark&shadow=off to change its style. Each part is optional.'
export const dock = 'Dock: your chat, your viewers, and End stream'
export const copyDock = 'Copy dock address'
export const dockSteps =
  'In the menu Docks, choose Custom Browser Docks. Paste the address as URL, press Apply, and sign in in the dock.'
