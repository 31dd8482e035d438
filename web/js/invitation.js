// What an invitation says (RFC 5545), read for display alone: the first event's summary, time, place and organizer, as text. No
// rule is expanded, nothing is answered. Pure.

const most = 65536; // characters read

// The first colon that stands in no quoted parameter; what quotes the value holds is its own affair.
function colonOf(line) {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted;
    else if (line[at] === ':' && !quoted) return at;
  }
  return -1;
}

// content line: name *(";" parameter) ":" value; a fold is a line end and a blank (RFC 5545 §3.1)
function* contentLines(text) {
  for (const line of text.slice(0, most).replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const colon = colonOf(line);
    if (colon < 1) continue;
    const [name, ...parameters] = line.slice(0, colon).split(';');
    yield { name: name.toUpperCase(), parameters: Object.fromEntries(parameters.map((p) => p.split(/=(.*)/s, 2)).map(([k, v]) => [k.toUpperCase(), v ?? ''])), value: line.slice(colon + 1) };
  }
}

// RFC 5545 §3.3.11
const textOf = (value) => value.replace(/\\([\\;,nN])/g, (whole, c) => (/n/i.test(c) ? ' ' : c)).trim().slice(0, 500);

// DATE or DATE-TIME (RFC 5545 §3.3.4, §3.3.5) → { iso, day, zone }: `day` without a time, `zone` named where it is not the reader's.
function timeOf({ value, parameters }) {
  const found = value.match(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/);
  if (!found) return null;
  const [, year, month, date, hour, minute, second, utc] = found;
  const iso = `${year}-${month}-${date}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${utc ?? ''}`;
  if (Number.isNaN(new Date(iso).getTime())) return null;
  return { iso, day: hour === undefined, zone: utc ? null : parameters.TZID?.replace(/^"|"$/g, '') ?? null };
}

// null: there is no event in it.
export function readInvitation(text) {
  const event = {};
  let inside = [];
  let method = null;
  for (const line of contentLines(text)) {
    if (line.name === 'BEGIN') inside.push(line.value.toUpperCase());
    else if (line.name === 'END') {
      if (inside.at(-1) === 'VEVENT') return { method, summary: '', place: '', organizer: null, start: null, end: null, repeats: false, ...event };
      inside = inside.slice(0, -1);
    } else if (line.name === 'METHOD' && inside.length === 1) method = line.value.toUpperCase();
    else if (inside.at(-1) === 'VEVENT') take(event, line);
  }
  return null;
}

function take(event, line) {
  if (line.name === 'SUMMARY') event.summary ??= textOf(line.value);
  else if (line.name === 'LOCATION') event.place ??= textOf(line.value);
  else if (line.name === 'ORGANIZER') event.organizer ??= line.value.replace(/^mailto:/i, '').slice(0, 200);
  else if (line.name === 'DTSTART') event.start ??= timeOf(line);
  else if (line.name === 'DTEND') event.end ??= timeOf(line);
  else if (line.name === 'RRULE') event.repeats = true;
}
