"""CORS for Falcon: middleware built on `wsgicors.adapting`, as in ``App(middleware=[CORS({"/": policy})])``."""

from wsgicors import adapting


class CORS:
    def __init__(self, rules):
        self.rules = adapting.Rules(rules)

    def process_request(self, req, resp):
        policy = self.rules.find(adapting.path_of(req.env))
        verdict = req.context.cors = policy and adapting.decide(req.env, policy)
        if verdict:
            adapting.report(verdict, req.env)
            if verdict.status is not None:
                answer = adapting.answer(verdict, policy)
                resp.status, resp.data, resp.complete = answer.status, answer.body, True
                resp.set_headers(answer.headers)

    def process_response(self, req, resp, resource, req_succeeded):
        verdict = req.context.cors
        if verdict and verdict.status is None:
            merged = adapting.merge_headers(resp.headers.items(), verdict)
            for name in resp.headers:
                resp.delete_header(name)
            resp.set_headers(merged)
