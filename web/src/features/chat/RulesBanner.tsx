import Info from 'lucide/dist/esm/icons/info.mjs'
import { useState } from 'preact/hooks'
import { Icon } from '../../ui/Icon'
import styles from './RulesBanner.module.css'
import { remainingTime } from './remainingTime'
import type { Rule } from './rules'
import * as strings from './rules.strings'

/** The rules that apply, at least one. A press explains them. */
export default function RulesBanner({ rules }: { rules: Rule[] }) {
  const [isOpen, setOpen] = useState(false)
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
        <span class="quiet-label">{strings.rules}: </span>
        <span>{rules.map(ruleName).join(' · ')}</span>
      </button>
      <ul class={styles.why} hidden={!isOpen}>
        {rules.map((rule) => (
          <li key={rule.rule}>
            <strong>{ruleName(rule)}</strong> {ruleText(rule)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function ruleName(rule: Rule): string {
  if (rule.rule === 'followers' && rule.minutes > 0) {
    return strings.ruleNames.followersFor(remainingTime(rule.minutes * 60_000))
  }
  if (rule.rule === 'slow') return strings.ruleNames.slow(remainingTime(rule.seconds * 1000))
  return strings.ruleNames[rule.rule]
}

function ruleText(rule: Rule): string {
  if (rule.rule === 'followers' && rule.minutes > 0) {
    return strings.ruleTexts.followersFor(remainingTime(rule.minutes * 60_000))
  }
  if (rule.rule === 'slow') return strings.ruleTexts.slow(remainingTime(rule.seconds * 1000))
  return strings.ruleTexts[rule.rule]
}
