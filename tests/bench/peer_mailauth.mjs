// SPDX-License-Identifier: MIT
// mailauth over the corpus, the zone in memory: DKIM, ARC, SPF, DMARC. No BIMI, no JSON.
// usage: node peer_mailauth.mjs CORPUS PASSES FILE...      a line for each pass: seconds, seconds of CPU, signatures that passed
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { authenticate } from "mailauth";

const [corpus, passes, ...files] = process.argv.slice(2);
const zone = new Map();
for (const line of readFileSync(`${corpus}/zone.txt`, "utf8").split("\n")) {
  const found = /^(\S+)\. \d+ IN (\S+) (.*)$/.exec(line);
  if (!found) continue;
  const [, name, type, text] = found;
  const value = type === "TXT" ? [text.slice(1, -1).replaceAll('" "', "")]
    : type === "MX" ? { priority: +text.split(" ")[0], exchange: text.split(" ")[1].replace(/\.$/, "") } : text;
  const key = `${name.toLowerCase()} ${type}`;
  zone.set(key, [...(zone.get(key) ?? []), value]);
}
const sessions = new Map();
for (const line of readFileSync(`${corpus}/expected.tsv`, "utf8").trimEnd().split("\n")) {
  const cells = line.split("\t");
  sessions.set(cells[0].padStart(5, "0") + ".eml", { ip: cells[7], helo: cells[8], sender: cells[9] });
}

async function resolver(name, type) {
  const values = zone.get(`${name.toLowerCase().replace(/\.$/, "")} ${type}`);
  if (values) return values;
  throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
}

for (let pass = 0; pass < +passes; pass++) {
  const start = process.hrtime.bigint(), startCpu = process.cpuUsage();
  let passed = 0;
  for (const file of files) {
    const result = await authenticate(readFileSync(file), { ...sessions.get(basename(file)), mta: "mail.bench.example", resolver, disableBimi: true });
    passed += result.dkim.results.filter((each) => each.status.result === "pass").length;
  }
  const cpu = process.cpuUsage(startCpu);
  console.log(`${Number(process.hrtime.bigint() - start) / 1e9} ${(cpu.user + cpu.system) / 1e6} ${passed}`);
}
