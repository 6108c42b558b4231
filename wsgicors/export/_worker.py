"""A Cloudflare Worker: one program that contains the policy as a table.

`handle` runs unchanged in any runtime with Fetch's classes.
"""

import json
from typing import Final

from wsgicors.export._form import Form, Grant
from wsgicors.export._target import PRIVATE_BODY, REFUSED_BODY, Options, Target

_PROGRAM: Final = r"""// The first path that matches names the rule; its first grant that allows the origin answers.
const TABLE = %(table)s;

const PATHS = TABLE.paths.map(([path, rule]) => [new RegExp(path), rule]);
for (const rule of Object.values(TABLE.rules))
  for (const grant of rule.grants) {
    grant.names = new Set(grant.exact);
    grant.expressions = grant.families.map((text) => new RegExp(text));
  }

const AUTHORIZATION = /(?:^|[\t ,])authorization(?:[\t ,]|$)/i;
const PORTS = { "http:": ":80", "https:": ":443" };

function ruleOf(url) {
  const target = url.pathname + url.search;
  const found = PATHS.find(([path]) => path.test(target));
  return TABLE.rules[found ? found[1] : TABLE.default];
}

function grantOf(rule, origin) {
  return rule.grants.find(
    (grant) =>
      grant.any || (origin !== null && (grant.names.has(origin) || grant.expressions.some((one) => one.test(origin)))),
  );
}

function refused(body, vary) {
  const headers = new Headers({ "Content-Type": "text/plain; charset=utf-8" });
  if (vary.length) headers.set("Vary", vary.join(", "));
  return new Response(body, { status: 403, headers });
}

function allow(headers, grant, origin) {
  headers.set("Access-Control-Allow-Origin", grant.any ? "*" : origin);
  if (grant.credentials) headers.set("Access-Control-Allow-Credentials", "true");
}

function preflight(rule, grant, asked, origin) {
  if (!grant) return refused(%(refused)s, rule.refusedVary);
  const network = asked.get("Access-Control-Request-Private-Network") === "true";
  if (network && !grant.network)
    return refused(%(private)s, [...grant.vary, "Access-Control-Request-Private-Network"]);
  const headers = new Headers(), names = asked.get("Access-Control-Request-Headers") ?? "";
  allow(headers, grant, origin);
  const methods = grant.echoesMethod ? asked.get("Access-Control-Request-Method") : grant.methods;
  if (methods) headers.set("Access-Control-Allow-Methods", methods);
  // "*" does not cover Authorization, but engines let it through.
  const dropped = grant.dropsHeaders && AUTHORIZATION.test(names);
  const allowed = grant.echoesHeaders ? names : dropped ? "" : grant.headers;
  if (allowed) headers.set("Access-Control-Allow-Headers", allowed);
  if (grant.maxAge) headers.set("Access-Control-Max-Age", grant.maxAge);
  if (network) headers.set("Access-Control-Allow-Private-Network", "true");
  if (grant.vary.length) headers.set("Vary", grant.vary.join(", "));
  return new Response(null, { status: grant.status, headers });
}

function isSameOrigin(request, url, origin) {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site) return site === "same-origin" || site === "none";
  const [scheme, authority] = origin.split("//");
  let host = (request.headers.get("Host") ?? url.host).toLowerCase();
  if (PORTS[scheme] && host.endsWith(PORTS[scheme])) host = host.slice(0, -PORTS[scheme].length);
  return Boolean(authority) && host === authority;
}

// Without Origin, Sec-Fetch-Site decides on methods that may change something.
function isSentByOthers(request) {
  const safe = ["GET", "HEAD", "OPTIONS"].includes(request.method);
  return !safe && !["", "same-origin", "none"].includes(request.headers.get("Sec-Fetch-Site") ?? "");
}

function vary(headers, names) {
  const known = (headers.get("Vary") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const lowered = new Set(known.map((name) => name.toLowerCase()));
  if (lowered.has("*")) return;
  const all = [...known, ...names.filter((name) => !lowered.has(name.toLowerCase()))];
  if (all.length) headers.set("Vary", all.join(", "));
}

// Answers a request, or has passOn(request) answer it and sees to the headers.
export async function handle(request, passOn) {
  const url = new URL(request.url), rule = ruleOf(url);
  if (!rule) return passOn(request);
  const origin = request.headers.get("Origin"), grant = grantOf(rule, origin);
  const asks = request.method === "OPTIONS" && origin !== null && request.headers.has("Access-Control-Request-Method");
  if (asks) return preflight(rule, grant, request.headers, origin);
  const strange = rule.forbids && origin !== null && !grant;
  if (strange && !isSameOrigin(request, url, origin)) return refused(%(refused)s, ["Origin", "Sec-Fetch-Site"]);
  if (rule.forbids && origin === null && isSentByOthers(request))
    return refused(%(refused)s, ["Origin", "Sec-Fetch-Site"]);
  let answer;
  try {
    answer = await passOn(request);
  } catch {
    answer = new Response("Bad Gateway\n", { status: 502 });
  }
  answer = new Response(answer.body, answer);
  for (const name of [...answer.headers.keys()]) if (name.startsWith("access-control-")) answer.headers.delete(name);
  if (grant) {
    allow(answer.headers, grant, origin);
    if (grant.expose) answer.headers.set("Access-Control-Expose-Headers", grant.expose);
  }
  if (rule.varies) vary(answer.headers, strange ? ["Origin", "Sec-Fetch-Site"] : ["Origin"]);
  return answer;
}

export default { fetch: (request) => handle(request, fetch) };
"""


def _grant(grant: Grant) -> dict[str, object]:
    return {
        "any": grant.any_origin,
        "exact": grant.exact,
        "families": [family.whole for family in grant.families],
        "status": grant.status,
        "credentials": grant.credentials,
        "methods": grant.methods,
        "echoesMethod": grant.echoes_method,
        "headers": grant.headers,
        "echoesHeaders": grant.echoes_headers,
        "dropsHeaders": grant.drops_headers,
        "expose": grant.expose,
        "maxAge": grant.max_age,
        "network": grant.private_network,
        "vary": grant.vary,
    }


def write(form: Form, options: Options) -> dict[str, str]:
    """Return one module."""
    table = {
        "paths": form.paths,
        "default": form.default,
        "rules": {
            rule.name: {
                "forbids": rule.forbids,
                "varies": rule.varies,
                "refusedVary": rule.refused_vary,
                "grants": [_grant(grant) for grant in rule.grants],
            }
            for rule in form.rules
        },
    }
    facts = {
        "table": json.dumps(table, indent=2),
        "refused": json.dumps(REFUSED_BODY + "\n"),
        "private": json.dumps(PRIVATE_BODY + "\n"),
    }
    return {"wsgicors-worker.mjs": _PROGRAM % facts}


WORKER: Final = Target(
    name="worker",
    title="Cloudflare Workers",
    proven="workerd, by miniflare 4",
    modules="module syntax",
    place={
        "wsgicors-worker.mjs": (
            "as the Worker's main module, on the route of the application; or import { handle } from it in a Worker of "
            "one's own: handle(request, (request) => fetch(request))."
        )
    },
    differs=("body", "malformed-question", "default-port", "normalized-path"),
    write=write,
    comment="//",
)
