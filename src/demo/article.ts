// The two tools of the demo's article that need a script: printing and the size of the text.

/** Sizes in percent of the ordinary one; the page's style has a rule for each. */
const SIZES = [90, 100, 115, 130, 150]
const ORDINARY = SIZES.indexOf(100)
const STORAGE_KEY = 'phuong-vi-du:text-size'

const root = document.documentElement
const sizes = document.querySelector<HTMLElement>('[data-sizes]')
const status = document.querySelector<HTMLElement>('[data-size-status]')
const steps = [...document.querySelectorAll<HTMLButtonElement>('button[data-step]')]
let size = remembered()

const print = document.querySelector<HTMLButtonElement>('[data-print]')
print?.addEventListener('click', () => window.print())
if (print) print.hidden = false

for (const button of steps) {
  const step = Number(button.dataset.step)
  button.addEventListener('click', () => {
    // Not `disabled` at an end: the button under a keyboard's focus would lose it.
    size = step === 0 ? ORDINARY : Math.min(SIZES.length - 1, Math.max(0, size + step))
    show()
    if (status) status.textContent = `${SIZES[size]}%`
    remember()
  })
}
if (sizes) sizes.hidden = false
show()

function show(): void {
  root.dataset.text = String(SIZES[size])
  for (const button of steps) {
    const step = Number(button.dataset.step)
    button.ariaDisabled = String(step !== 0 && SIZES[size + step] === undefined)
  }
}

/** A private window may refuse storage; the size then lasts as long as the page. */
function remembered(): number {
  try {
    const index = SIZES.indexOf(Number(localStorage.getItem(STORAGE_KEY)))
    return index === -1 ? ORDINARY : index
  } catch {
    return ORDINARY
  }
}

function remember(): void {
  try {
    localStorage.setItem(STORAGE_KEY, String(SIZES[size]))
  } catch {
    // As above.
  }
}
