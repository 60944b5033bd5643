import { render } from 'preact'
import '../ui/tokens.css'
import { followSession } from '../lib/account'
import { loadConfig } from '../lib/config'
import { startSession } from '../lib/signin'
import { App } from './App'
import { takeSignInNews } from './signInNews'

void loadConfig()
startSession()
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
