// Elements from the templates of index.html, filled through textContent only. Hooks are data-hook="…".

export function clone(id) {
  return document.getElementById(id).content.cloneNode(true);
}

export function hook(root, name) {
  return root.querySelector(`[data-hook="${name}"]`);
}

export function show(element, visible) {
  element.hidden = !visible;
}

const styles = new Map();

// A style sheet that the first list does without: asked for once, and again where it did not come.
export function style(name) {
  if (!styles.has(name)) styles.set(name, new Promise((done) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'stylesheet', href: `css/${name}.css` });
    link.addEventListener('load', done);
    link.addEventListener('error', () => {
      styles.delete(name);
      link.remove();
      done();
    });
    document.head.append(link);
  }));
  return styles.get(name);
}

// The seal of a symbol id; `level` colours it.
export function setSeal(svg, symbol, level) {
  svg.querySelector('use').setAttribute('href', `#${symbol}`);
  svg.setAttribute('class', level ? `seal level-${level}` : svg.classList[0]);
}

// Japanese text is told to screen readers and to the font: kana never stand in another language's text.
export function setText(element, text) {
  element.textContent = text ?? '';
  if (/[\u3040-\u30ff]/.test(text ?? '')) element.lang = 'ja';
  else element.removeAttribute('lang');
}

// The same with what was searched for marked: text and <mark>, never markup from a string.
export function setMarked(element, text, words) {
  setText(element, text);
  const pattern = words.filter(Boolean).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  if (!pattern || !text) return;
  const pieces = text.split(new RegExp(`(${pattern})`, 'giu')); // odd ones are what was found
  if (pieces.length < 2) return;
  element.replaceChildren(...pieces.map((piece, n) => {
    if (n % 2 === 0) return document.createTextNode(piece);
    const mark = document.createElement('mark');
    mark.textContent = piece;
    return mark;
  }));
}

// One of our sentences, with the names it speaks of set off where they stand as a word of their own.
export function setNamed(element, text, names) {
  const named = (word) => names.find((name) => name && word.startsWith(name) && /^(’s)?[.,:;、。]*$/.test(word.slice(name.length)));
  element.replaceChildren(...(text ?? '').split(/(?<= )/).flatMap((word) => {
    const name = named(word.trimEnd());
    if (!name) return [word];
    const strong = document.createElement('b');
    strong.textContent = name;
    return [strong, word.slice(name.length)];
  }));
}

// A domain or address that may break after "@" and before each dot, never elided.
export function setBreakable(element, text) {
  element.replaceChildren();
  for (const piece of text.split(/(?<=@)|(?=\.)/)) element.append(document.createElement('wbr'), piece);
}

// Before something is waited for: what says afterwards whether the focus may be moved, because nobody has put it elsewhere meanwhile.
export function watchFocus() {
  const before = document.activeElement;
  return () => [before, document.body].includes(document.activeElement);
}

export function announce(text) {
  document.getElementById('announce').textContent = text;
}
