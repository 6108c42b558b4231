// wsgicors-worker.mjs: a CORS policy for Cloudflare Workers, written by wsgicors export.
//
// Policy:      e977c6b457546525
// Made by:     wsgicors export --to … policy.toml
// Proven for:  workerd, by miniflare 4
// Needs:       module syntax
// Belongs:     as the Worker's main module, on the route of the application; or import { handle } from it in a Worker of one's own: handle(request, (request) => fetch(request)).
// Afterwards:  wsgicors verify --policy policy.toml URL
// Differs from the application's own answers (no browser sees it):
//   body: The body of a refusal is one sentence for all, without the origin.
//   malformed-question: Where no browser sends such a method, header list or two Origin lines, the status may differ.
//   default-port: An origin that spells out a default port, or one above 65535, may be allowed where every port is.
//   normalized-path: The server resolves dot segments, or drops empty ones, before the rule is chosen: such a path is not refused.

// The first path that matches names the rule; its first grant that allows the origin answers.
const TABLE = {
  "paths": [
    [
      "^(?:https?://[^/?#]*)?[^?#]*(?:/|%2[Ff])(?:[.]|%2[Ee]){1,2}(?:(?:/|%2[Ff])|[?#]|$)",
      "ambiguous"
    ],
    [
      "^(?:https?://[^/?#]*)?[^?#]*(?:[\\\\]|%5[Cc]|%25(?:2[Ff]|5[Cc])|%[01][0-9A-Fa-f]|%7[Ff])",
      "ambiguous"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:p|%70)(?:i|%69)(?:/|%2[Ff])(?:a|%61)(?:d|%64)(?:m|%6[Dd])(?:i|%69)(?:n|%6[Ee])(?:(?:/|%2[Ff])|[?#]|$)",
      "api_admin"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:d|%64)(?:m|%6[Dd])(?:i|%69)(?:n|%6[Ee])(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])",
      "ambiguous"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:/|%2[Ff])|[?#]|$)",
      "api"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])",
      "ambiguous"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:n|%6[Ee])(?:y|%79)(?:(?:/|%2[Ff])|[?#]|$)",
      "any"
    ],
    [
      "^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:n|%6[Ee])(?:y|%79)(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])",
      "ambiguous"
    ]
  ],
  "default": "root",
  "rules": {
    "root": {
      "forbids": false,
      "varies": false,
      "refusedVary": [
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers"
      ],
      "grants": [
        {
          "any": true,
          "exact": [],
          "families": [],
          "status": 200,
          "credentials": false,
          "methods": "",
          "echoesMethod": false,
          "headers": "",
          "echoesHeaders": false,
          "dropsHeaders": false,
          "expose": "",
          "maxAge": "",
          "network": false,
          "vary": [
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers"
          ]
        }
      ]
    },
    "api": {
      "forbids": false,
      "varies": true,
      "refusedVary": [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers"
      ],
      "grants": [
        {
          "any": false,
          "exact": [
            "https://a.example",
            "https://b.example:8443",
            "https://www.example.com",
            "http://[::1]:3000"
          ],
          "families": [],
          "status": 200,
          "credentials": true,
          "methods": "PUT, DELETE",
          "echoesMethod": false,
          "headers": "Content-Type, Authorization",
          "echoesHeaders": false,
          "dropsHeaders": false,
          "expose": "ETag",
          "maxAge": "3600",
          "network": false,
          "vary": [
            "Origin",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers"
          ]
        },
        {
          "any": false,
          "exact": [
            "null"
          ],
          "families": [
            "^(?:https://(?:[a-z0-9_-]{1,63}\\.)+example\\.com)$",
            "^(?:http://localhost(?::[1-9][0-9]{0,4})?)$"
          ],
          "status": 200,
          "credentials": false,
          "methods": "PUT",
          "echoesMethod": false,
          "headers": "Content-Type",
          "echoesHeaders": false,
          "dropsHeaders": false,
          "expose": "",
          "maxAge": "",
          "network": false,
          "vary": [
            "Origin",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers"
          ]
        }
      ]
    },
    "api_admin": {
      "forbids": true,
      "varies": true,
      "refusedVary": [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Private-Network"
      ],
      "grants": [
        {
          "any": false,
          "exact": [
            "https://a.example",
            "https://b.example:8443",
            "https://www.example.com",
            "http://[::1]:3000"
          ],
          "families": [],
          "status": 200,
          "credentials": true,
          "methods": "PUT, DELETE",
          "echoesMethod": false,
          "headers": "Content-Type, Authorization",
          "echoesHeaders": false,
          "dropsHeaders": false,
          "expose": "ETag",
          "maxAge": "3600",
          "network": true,
          "vary": [
            "Origin",
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Private-Network"
          ]
        }
      ]
    },
    "any": {
      "forbids": false,
      "varies": false,
      "refusedVary": [
        "Access-Control-Request-Headers"
      ],
      "grants": [
        {
          "any": true,
          "exact": [],
          "families": [],
          "status": 200,
          "credentials": false,
          "methods": "*",
          "echoesMethod": false,
          "headers": "*",
          "echoesHeaders": false,
          "dropsHeaders": true,
          "expose": "*",
          "maxAge": "",
          "network": false,
          "vary": [
            "Access-Control-Request-Headers"
          ]
        }
      ]
    },
    "ambiguous": {
      "forbids": true,
      "varies": true,
      "refusedVary": [
        "Origin"
      ],
      "grants": []
    }
  }
};

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
  if (!grant) return refused("This origin is not allowed here.\n", rule.refusedVary);
  const network = asked.get("Access-Control-Request-Private-Network") === "true";
  if (network && !grant.network)
    return refused("Requests from public pages to this private network are not allowed here.\n", [...grant.vary, "Access-Control-Request-Private-Network"]);
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
  if (strange && !isSameOrigin(request, url, origin)) return refused("This origin is not allowed here.\n", ["Origin", "Sec-Fetch-Site"]);
  if (rule.forbids && origin === null && isSentByOthers(request))
    return refused("This origin is not allowed here.\n", ["Origin", "Sec-Fetch-Site"]);
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
