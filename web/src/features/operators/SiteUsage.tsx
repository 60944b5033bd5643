import { api } from '../../lib/api'
import { useResource } from '../../lib/resource'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import * as strings from './strings'

const RELOAD_MS = 30_000

/** How many channels are live now, how many people watch, and how long all have streamed today. */
export function SiteUsage() {
  const usage = useResource('operators/usage', () => api.get('/api/admin/usage'), {
    everyMs: RELOAD_MS,
  })
  return (
    <Card title={strings.usage}>
      <Loaded of={usage} height="2rem">
        {(now) => (
          <>
            <p>{strings.usageNow(now.liveChannels, now.maxLiveChannels, now.viewers)}</p>
            <p>{strings.usageToday(now.streamedSecondsToday, now.maxDailyHoursPerChannel)}</p>
          </>
        )}
      </Loaded>
    </Card>
  )
}
