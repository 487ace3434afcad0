// The bundle's entry and its only side effect: registers <y-kien>. A page that loads the script twice keeps the first definition.
import { YKienElement } from './element.ts'

if (!customElements.get('y-kien')) customElements.define('y-kien', YKienElement)
