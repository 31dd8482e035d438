// Columns whose width a person sets: by pointer or by arrow keys on the divider, remembered in this browser.
import { hook } from './dom.js';
import * as prefs from './prefs.js';
import { newSheet } from './sheet.js';

const columns = {
  folders: { divider: 'divide-folders', least: 160, most: 360, usual: 212 },
  list: { divider: 'divide-list', least: 300, most: 640, usual: 408 },
};

export function installDividers(app) {
  const setRules = newSheet();
  const widths = {};
  for (const [name, column] of Object.entries(columns)) {
    const divider = hook(app, column.divider);
    divider.setAttribute('aria-valuemin', column.least);
    divider.setAttribute('aria-valuemax', column.most);
    install(name, column, divider);
    setWidth(name, Number(prefs.get(`width.${name}`)) || column.usual, false);
  }

  function setWidth(name, wanted, remember = true) {
    const { divider, least, most } = columns[name];
    widths[name] = Math.round(Math.max(least, Math.min(most, wanted)));
    hook(app, divider).setAttribute('aria-valuenow', widths[name]);
    setRules(`.app { ${Object.entries(widths).map(([key, width]) => `--${key}-width: ${width}px;`).join(' ')} }`);
    if (remember) prefs.set(`width.${name}`, String(widths[name]));
  }

  function install(name, column, divider) {
    const start = () => divider.parentElement.getBoundingClientRect().left;
    divider.addEventListener('pointerdown', (event) => {
      divider.setPointerCapture(event.pointerId);
      event.preventDefault();
      divider.focus();
    });
    divider.addEventListener('pointermove', (event) => {
      if (divider.hasPointerCapture(event.pointerId)) setWidth(name, event.clientX - start());
    });
    divider.addEventListener('dblclick', () => setWidth(name, column.usual));
    divider.addEventListener('keydown', (event) => {
      const to = { ArrowLeft: widths[name] - 16, ArrowRight: widths[name] + 16, Home: column.least, End: column.most, Enter: column.usual }[event.key];
      if (to === undefined) return;
      setWidth(name, to);
      event.preventDefault();
    });
  }
}
