// The bundle's entry and its only side effect: registers <y-kien>. A page that loads the script twice keeps the first definition.
// These stand first in the bundle, where they compress best.
import './languages.ts'
import './style.css'
import './text.ts'
import './kept.ts'

import { YKienElement } from './element.ts'

if (!customElements.get('y-kien')) customElements.define('y-kien', YKienElement)
