// Serves a Worker on the loopback interface: node worker.mjs MINIFLARE MAIN-MODULE PORT
import { pathToFileURL } from "node:url";
import path from "node:path";

const [miniflare, main, port] = process.argv.slice(2);
const { Miniflare } = await import(pathToFileURL(miniflare));
const server = new Miniflare({
  modules: true,
  modulesRules: [{ type: "ESModule", include: ["**/*.mjs"] }],
  scriptPath: main,
  modulesRoot: path.dirname(main),
  host: "127.0.0.1",
  port: Number(port),
  compatibilityDate: "2026-01-01",
});
await server.ready;
console.log("ready");
process.on("SIGTERM", async () => {
  await server.dispose();
  process.exit(0);
});
