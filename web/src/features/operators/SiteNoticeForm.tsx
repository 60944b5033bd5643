import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { refresh } from '../../lib/resource'
import { siteNotice } from '../../lib/siteNotice'
import { useStore } from '../../lib/store'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import { RowButton } from '../../ui/RowButton'
import { toast } from '../../ui/toast'
import { useTextForm } from '../../ui/useTextForm'
import styles from './SiteNoticeForm.module.css'
import * as strings from './siteNotice.strings'
import { LOG } from './useOperatorLog'

/** Sets and removes the notice on every page. */
export function SiteNoticeForm() {
  const current = useStore(siteNotice)
  const { isBusy, form, field } = useTextForm(async (text) => {
    try {
      await api.put('/api/admin/notice', { body: { text } })
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      return { error: refusal.fields.text ?? faultText(refusal) }
    }
    siteNotice.set(text.trim())
    refresh(LOG)
    toast(strings.didSet)
    return { text: '' }
  })
  return (
    <Card title={strings.title}>
      {current && (
        <div class={styles.current}>
          <p>
            <bdi>{current}</bdi>
          </p>
          <RowButton
            label={strings.remove}
            name={strings.removeNamed}
            done={strings.removed}
            act={async () => {
              await api.delete('/api/admin/notice')
              siteNotice.set(null)
              refresh(LOG)
            }}
          />
        </div>
      )}
      <form {...form} class={styles.form}>
        <TextField {...field} label={strings.label} hint={strings.hint} maxLength={500} />
        <Actions>
          <Button look="primary" type="submit" isBusy={isBusy} data-testid="set-notice">
            {strings.set}
          </Button>
        </Actions>
      </form>
    </Card>
  )
}
