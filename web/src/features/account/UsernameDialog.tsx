import { setMe } from '../../lib/account'
import { api } from '../../lib/api'
import { config } from '../../lib/config'
import { Refusal } from '../../lib/refusal'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import { PageLinks } from '../../ui/PageLinks'
import { toast } from '../../ui/toast'
import { useTextForm } from '../../ui/useTextForm'
import { signOutWithToast } from './signOutWithToast'
import * as menuStrings from './strings'
import styles from './UsernameDialog.module.css'
import * as strings from './username.strings'

/** Asks for a username after the first sign-in. The only other way out is to sign out. */
export function UsernameDialog() {
  const { signUp } = useStore(config)
  if (signUp === 'closed') return <Closed />
  return (
    <Dialog title={strings.chooseUsername} isOpen onClose={() => {}}>
      <Form />
    </Dialog>
  )
}

/** What a person without a username sees if the site accepts no new accounts. */
function Closed() {
  return (
    <Dialog title={strings.signUpClosed} isOpen onClose={() => {}}>
      <p>{strings.signUpClosedText}</p>
      <Actions>
        <Button look="primary" onClick={() => void signOutWithToast()}>
          {menuStrings.signOut}
        </Button>
      </Actions>
    </Dialog>
  )
}

function Form() {
  const { text, isBusy, form, field } = useTextForm(async (typed) => {
    const username = usernameOf(typed)
    try {
      const me = await api.put('/api/me', { body: { username } })
      setMe(me)
      toast(strings.welcome(me.username ?? username))
      return undefined
    } catch (error) {
      return { error: errorText(Refusal.caught(error)) }
    }
  })
  return (
    <form {...form} class={styles.form}>
      <p>{strings.chooseUsernameText}</p>
      <TextField
        {...field}
        label={sharedStrings.username}
        hint={field.error ? undefined : strings.usernameHint}
        autofocus
        maxLength={64}
        data-testid="username-input"
      />
      <p class={styles.address}>
        {strings.channelAddress(`${location.host}/${usernameOf(text) || '…'}`)}
      </p>
      <PageLinks names={['terms', 'privacy']} target="_blank" />
      <Actions>
        <Button look="quiet" onClick={() => void signOutWithToast()}>
          {menuStrings.signOut}
        </Button>
        <Button look="primary" type="submit" isBusy={isBusy} data-testid="username-submit">
          {strings.createChannel}
        </Button>
      </Actions>
    </form>
  )
}

/**
 * Return the username that is closest to the text: `josé b` is `jose_b`. The dialog shows it as an address.
 * Marks that make no letter with the one before them stay, so the API refuses them.
 */
export function usernameOf(typed: string): string {
  const plain = typed
    .normalize('NFC')
    .replace(/\p{L}/gu, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, ''))
  return plain.trim().toLowerCase().replace(/\s+/g, '_')
}

function errorText(refusal: Refusal): string {
  if (refusal.code === 'username_taken') return refusal.message
  if (refusal.code === 'deletion_in_progress') return strings.deletionInProgress
  return refusal.fields.username ?? faultText(refusal)
}
