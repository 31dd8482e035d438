// What this browser remembers for its user: language, widths, habits. Never anything of a message.
const prefix = 'inkan.';

export function get(name, otherwise = null) {
  try {
    return localStorage.getItem(prefix + name) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function set(name, value) {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch { /* private mode: not remembered */ }
}

const isOn = (name) => get(name, 'on') === 'on';
const setOn = (name, on) => set(name, on ? null : 'off');

export const groups = { isOn: () => isOn('threads'), setOn: (on) => setOn('threads', on) };
export const single = { isOn: () => isOn('keys'), setOn: (on) => setOn('keys', on) }; // keys of one sign
