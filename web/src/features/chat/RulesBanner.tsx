import Info from 'lucide/dist/esm/icons/info.mjs'
import { useState } from 'preact/hooks'
import { t } from '../../lib/text'
import { Icon } from '../../ui/Icon'
import { left } from './left'
import styles from './RulesBanner.module.css'
import { type ChatStream, type Rule, rulesOf } from './rules'

/** Which rules hold, and, pressed, what they mean. */
export function RulesBanner({ stream }: { stream: ChatStream }) {
  const [isOpen, setOpen] = useState(false)
  const rules = rulesOf(stream)
  if (rules.length === 0) return null
  return (
    <div class={styles.banner} data-testid="chat-rules">
      <button
        type="button"
        class={styles.rules}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        <Icon of={Info} size={15} />
        <span class="quiet-label">{t('talk.rules')}: </span>
        <span>{rules.map(nameOf).join(' · ')}</span>
      </button>
      <ul class={styles.why} hidden={!isOpen}>
        {rules.map((rule) => (
          <li key={rule.rule}>
            <strong>{nameOf(rule)}</strong> {whyOf(rule)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function nameOf(rule: Rule): string {
  if (rule.rule === 'followers' && rule.minutes > 0) {
    return t('talk.rule_followersFor', { time: left(rule.minutes * 60_000) })
  }
  if (rule.rule === 'slow') return t('talk.rule_slow', { time: left(rule.seconds * 1000) })
  return t(`talk.rule_${rule.rule}`)
}

function whyOf(rule: Rule): string {
  if (rule.rule === 'followers' && rule.minutes > 0) {
    return t('talk.why_followersFor', { time: left(rule.minutes * 60_000) })
  }
  if (rule.rule === 'slow') return t('talk.why_slow', { time: left(rule.seconds * 1000) })
  return t(`talk.why_${rule.rule}`)
}
