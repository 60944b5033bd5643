import { useState } from 'preact/hooks'
import type { Stream } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { t } from '../../lib/text'
import { Card } from '../../ui/Card'
import { Switch } from '../../ui/Switch'
import { toast } from '../../ui/toast'

const SETTINGS = ['isChatEnabled', 'isChatDelayed', 'isChatFollowersOnly'] as const
type Setting = (typeof SETTINGS)[number]

interface Props {
  stream: Stream
  onChange(change: (stream: Stream) => Stream): void
}

/** The chat's three rules; each is saved as it is switched. */
export function ChatSettings({ stream, onChange }: Props) {
  const [saving, setSaving] = useState<Setting | null>(null)

  const save = async (setting: Setting, isOn: boolean) => {
    setSaving(setting)
    onChange((before) => ({ ...before, [setting]: isOn }))
    try {
      const saved = await answer(api.PATCH('/api/stream', { body: { [setting]: isOn } }))
      onChange(() => saved)
      toast(t('chat.saved'))
    } catch {
      onChange((before) => ({ ...before, [setting]: !isOn }))
      toast(t('chat.failed'), 'bad')
    } finally {
      setSaving(null)
    }
  }
  return (
    <Card title={t('chat.rules')}>
      <div>
        {SETTINGS.map((setting) => (
          <Switch
            key={setting}
            label={t(`chat.${setting}`)}
            hint={t(`chat.${setting}Hint`)}
            isOn={stream[setting]}
            isDisabled={saving === setting}
            onChange={(isOn) => void save(setting, isOn)}
          />
        ))}
      </div>
    </Card>
  )
}
