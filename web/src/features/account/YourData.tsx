import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import * as uiStrings from '../../ui/strings'
import { toast } from '../../ui/toast'
import { useTextForm } from '../../ui/useTextForm'
import { saveJson } from './saveJson'
import { signOutWithToast } from './signOutWithToast'
import styles from './YourData.module.css'
import * as strings from './yourData.strings'

/** Lets a user download what the site holds about them, and delete their account. */
export function YourData({ username }: { username: string }) {
  const [isDeleting, setDeleting] = useState(false)
  return (
    <div class={styles.parts}>
      <Export username={username} />
      <section class={styles.part}>
        <h3>{strings.deleteTitle}</h3>
        <p>{strings.deleteText}</p>
        <Button look="danger" onClick={() => setDeleting(true)} data-testid="delete-account">
          {strings.deleteAccount}
        </Button>
      </section>
      <Dialog
        title={strings.deleteTitle}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        closeLabel={uiStrings.close}
      >
        <DeleteForm username={username} onClose={() => setDeleting(false)} />
      </Dialog>
    </div>
  )
}

function Export({ username }: { username: string }) {
  const [isBusy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      const exported = await api.get('/api/me/export')
      saveJson(`footlight-${username}.json`, exported)
      toast(exported.incomplete.length ? strings.incomplete : strings.downloaded)
    } catch (error) {
      toast(faultText(Refusal.caught(error)), 'bad')
    }
    setBusy(false)
  }
  return (
    <section class={styles.part}>
      <h3>{strings.exportTitle}</h3>
      <p>{strings.exportText}</p>
      <Button isBusy={isBusy} onClick={() => void download()} data-testid="export">
        {strings.download}
      </Button>
    </section>
  )
}

/** Deletes the account once the user has typed their username, and signs them out. */
function DeleteForm({ username, onClose }: { username: string; onClose(): void }) {
  const { route } = useLocation()
  const { isBusy, form, field } = useTextForm(async (typed) => {
    if (typed.trim().toLowerCase() !== username) return { error: strings.mismatch(username) }
    try {
      await api.delete('/api/me')
    } catch (error) {
      return { error: faultText(Refusal.caught(error)) }
    }
    toast(strings.deleted)
    onClose()
    route('/')
    await signOutWithToast()
    return undefined
  })
  return (
    <form {...form} class={styles.form}>
      <p class={styles.warning}>{strings.deleteText}</p>
      <p>{strings.reservedText(username)}</p>
      <TextField
        {...field}
        label={strings.typeUsername(username)}
        autofocus
        maxLength={64}
        data-testid="delete-username"
      />
      <Actions>
        <Button look="quiet" onClick={onClose}>
          {uiStrings.cancel}
        </Button>
        <Button look="danger" type="submit" isBusy={isBusy} data-testid="confirm-delete">
          {strings.deleteForever}
        </Button>
      </Actions>
    </form>
  )
}
