// Prints what the schemas of Kubernetes say against resources: node schemas.mjs MODULES < resources.json
import { readFileSync } from "node:fs";

const [modules] = process.argv.slice(2);
const KINDS = {
  HTTPRoute: "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute.js",
  VirtualService: "@kubernetes-models/istio/networking.istio.io/v1/VirtualService.js",
  Ingress: "kubernetes-models/networking.k8s.io/v1/Ingress.js",
};
const found = [];
for (const resource of JSON.parse(readFileSync(0, "utf8"))) {
  const model = (await import(`${modules}/${KINDS[resource.kind]}`))[resource.kind];
  try {
    new model(resource).validate();
    found.push("");
  } catch (error) {
    found.push(error.message);
  }
}
console.log(JSON.stringify(found));
