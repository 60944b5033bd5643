import { render } from 'preact'
import '../ui/tokens.css'
import { followSession } from '../lib/account'
import { loadConfig } from '../lib/config'
import { isFirstFrameShown } from '../lib/firstFrame'
import { hasSignedIn, startSession } from '../lib/signin'
import { App, hasVideo } from './App'
import { takeSignInNews } from './signInNews'

void loadConfig()
// A browser that has never signed in probably has no session, and a picture is worth more than the proof.
if (hasVideo(location.pathname) && !hasSignedIn()) isFirstFrameShown.watch(() => startSession())
else startSession()
followSession()

try {
  decodeURIComponent(location.pathname)
} catch {
  // The router throws on an address with an invalid escape, such as `/%`. Escape the percent sign.
  history.replaceState(history.state, '', encodeURI(location.pathname))
}
const news = takeSignInNews()
const root = document.getElementById('app')
if (root) render(<App news={news} />, root)
