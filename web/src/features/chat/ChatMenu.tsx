import ExternalLink from 'lucide/dist/esm/icons/external-link.mjs'
import Flag from 'lucide/dist/esm/icons/flag.mjs'
import Megaphone from 'lucide/dist/esm/icons/megaphone.mjs'
import MegaphoneOff from 'lucide/dist/esm/icons/megaphone-off.mjs'
import Trash from 'lucide/dist/esm/icons/trash.mjs'
import { FloatingMenu, MenuItem } from '../../ui/FloatingMenu'
import { reported } from '../../ui/report'
import * as strings from './strings'

interface Props {
  host: string
  opener: HTMLElement
  /** The chat is in its own window. */
  isAlone: boolean
  /** New messages are not announced to screen readers. */
  isSilent: boolean
  isModerating: boolean
  onToggleSpeaking(): void
  onClear(): void
  onClose(): void
}

/** The menu of the whole chat. */
export default function ChatMenu(props: Props) {
  const { host, opener, isAlone, isSilent, isModerating, onToggleSpeaking, onClear, onClose } =
    props
  return (
    <FloatingMenu label={strings.moreOptions} opener={opener} onClose={onClose}>
      <MenuItem icon={isSilent ? Megaphone : MegaphoneOff} onPress={onToggleSpeaking}>
        {isSilent ? strings.turnOnSpeaking : strings.turnOffSpeaking}
      </MenuItem>
      {!isAlone && (
        <MenuItem icon={ExternalLink} onPress={() => popOut(host)}>
          {strings.popOut}
        </MenuItem>
      )}
      <MenuItem icon={Flag} onPress={() => reported.set({ channel: host })}>
        {strings.reportChannel}
      </MenuItem>
      {isModerating && (
        <MenuItem icon={Trash} isDangerous onPress={onClear}>
          {strings.clearChat}
        </MenuItem>
      )}
    </FloatingMenu>
  )
}

function popOut(host: string): void {
  window.open(`/${host}/chat`, `footlight-chat-${host}`, 'popup,width=400,height=640')
}
