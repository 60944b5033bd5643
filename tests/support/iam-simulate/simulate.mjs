/**
 * Evaluates requests against policies, all in one process.
 *
 * Reads {policies: {name: document}, requests: [{principal, action, resource, context, identity,
 * resourcePolicy}]} from standard input, and writes the list of results to standard output.
 */
import { runSimulation } from "@cloud-copilot/iam-simulate";

const ACCOUNT = "123456789012";

async function result(policies, request) {
  const { principal, action, resource, context, identity, resourcePolicy } = request;
  const simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: context,
    },
    identityPolicies: identity ? [{ name: identity, policy: policies[identity] }] : [],
    resourcePolicy: resourcePolicy ? policies[resourcePolicy] : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const outcome = await runSimulation(simulation, { simulationMode: "Strict" });
  // A condition on a key that the engine left out would be compared with nothing.
  const ignored = outcome.result?.ignoredContextKeys ?? [];
  if (outcome.resultType !== "single" || ignored.length) {
    throw new Error(`${JSON.stringify(request)}: ${JSON.stringify(outcome.errors ?? ignored)}`);
  }
  return outcome.overallResult;
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { policies, requests } = JSON.parse(Buffer.concat(chunks).toString());
const results = [];
for (const request of requests) results.push(await result(policies, request));
process.stdout.write(JSON.stringify(results));
