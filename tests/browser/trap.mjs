// A whole internet that only counts: every name resolves to one address of the loopback net, and whoever connects there, to any
// port that the web knows, is counted. Chromium is started so that its system asks this DNS server and no other.
import dgram from 'node:dgram';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBrowser } from './stage.mjs';

const address = '127.0.0.66';
const ports = [53, 80, 443, 8080]; // DNS over TCP first
// Errands of Chromium itself, which no flag stops (its clock, its updates): told that there is no such name, and not counted. No
// vector names one of these; canary.test.mjs makes sure of that.
export const errands = /^(clients\d|accounts|dl)\.google\.com$|\.(googleapis|gvt1|gstatic)\.com$/;

// The name in a question (RFC 1035 §4.1.2), and a reply: our address, none of another family, no such name for an errand.
function answer(packet) {
  const labels = [];
  let at = 12;
  for (; packet[at]; at += 1 + packet[at]) labels.push(packet.toString('latin1', at + 1, at + 1 + packet[at]));
  const end = at + 5;
  const name = labels.join('.').toLowerCase();
  const has = packet.readUInt16BE(at + 1) === 1 && !errands.test(name); // A
  const head = Buffer.from(packet.subarray(0, 12));
  head.writeUInt16BE(errands.test(name) ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(has ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
  return { name, reply: Buffer.concat([head, packet.subarray(12, end), ...(has ? [record] : [])]) };
}

// null where ports below 1024 or a mount namespace are not to be had (not root).
export async function startTrap() {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const names = [];
  const connections = [];
  const dns = dgram.createSocket('udp4', (packet, from) => {
    const { name, reply } = answer(packet);
    if (!errands.test(name)) names.push(name);
    dns.send(reply, from.port, from.address);
  });
  await new Promise((resolve, reject) => { dns.once('error', reject).bind(53, address, resolve); });
  const servers = await Promise.all(ports.map((port) => new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      connections.push(port);
      socket.on('error', () => {}).on('data', () => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'));
    });
    server.once('error', reject).listen(port, address, () => resolve(server));
  })));
  const stop = () => {
    dns.close();
    for (const server of servers) server.close();
  };
  return { names, connections, stop };
}

// Chromium in a mount namespace where /etc/resolv.conf names the trap; close() returns what its net log says.
export async function startCountedBrowser() {
  const folder = await mkdtemp(path.join(tmpdir(), 'inkan-trap-'));
  const [log, program, resolv] = ['net-log.json', 'chromium', 'resolv.conf'].map((name) => path.join(folder, name));
  await writeFile(resolv, `nameserver ${address}\noptions timeout:1 attempts:1\n`);
  await writeFile(program, `#!/bin/sh\nexec unshare -m sh -c 'mount --bind ${resolv} /etc/resolv.conf && exec /usr/bin/chromium "$@"' chromium "$@"\n`);
  await chmod(program, 0o755);
  const browser = await startBrowser({ executablePath: program, args: [`--log-net-log=${log}`, '--dns-prefetch-disable=false'] });
  const close = async () => {
    await browser.close();
    const found = readNetLog(await readFile(log, 'utf8'));
    await rm(folder, { recursive: true });
    return found;
  };
  return { browser, close };
}

// What the log says was to be resolved or requested, in order. A log that was cut short is mended. first(host): where that host
// is named first; before(at, url): everything up to there that is neither at `url` nor an errand of the browser.
export function readNetLog(text) {
  const log = JSON.parse(text.trimEnd().endsWith('}') ? text : `${text.trimEnd().replace(/,$/, '')}]}`);
  const types = new Map(Object.entries(log.constants.logEventTypes).map(([name, number]) => [number, name]));
  const wanted = /^(HOST_RESOLVER_MANAGER_(REQUEST|JOB)|HOST_RESOLVER_SYSTEM_TASK|URL_REQUEST_START_JOB|TCP_CONNECT_ATTEMPT|UDP_CONNECT)$/;
  const named = log.events.filter((event) => wanted.test(types.get(event.type)))
    .map(({ params = {} }) => params.url ?? params.host ?? params.hostname ?? params.address ?? (params.address_list ?? []).join()).filter(Boolean);
  const errand = (entry) => errands.test(URL.canParse(entry) ? new URL(entry).hostname : entry.split(':')[0]);
  const own = (entry, url) => /^(chrome|devtools|data|about|blob):/.test(entry) || entry.startsWith(url) || new URL(url).host === entry
    || entry === `${address}:53` || entry === '[2001:4860:4860::8888]:443' /* is there a route for IPv6? nothing is sent */ || errand(entry);
  return {
    first: (host) => named.findIndex((entry) => entry.includes(host)),
    before: (at, url) => [...new Set(named.slice(0, at).filter((entry) => !own(entry, url)))],
  };
}
