"""What the team tests: DJANGO_SETTINGS_MODULE=notes.settings.dev python manage.py test --pattern checks.py."""
import os

from django.test import SimpleTestCase

DEV = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith("dev")
PAGE = "http://127.0.0.1:5173" if DEV else "https://app.example"


class Cors(SimpleTestCase):
    def ask(self, path, origin, method="GET", **headers):
        return self.client.generic(method, path, headers={"origin": origin, **headers})

    def preflight(self, origin, method, names):
        asked = {"access-control-request-method": method, "access-control-request-headers": names}
        return self.ask("/api/notes/", origin, "OPTIONS", **asked)

    def test_the_page_reads(self):
        response = self.ask("/api/notes/", PAGE)
        self.assertEqual(response["Access-Control-Allow-Origin"], PAGE)
        self.assertEqual(response["Access-Control-Allow-Credentials"], "true")
        self.assertIn("X-Total", response["Access-Control-Expose-Headers"])

    def test_the_page_writes(self):
        response = self.preflight(PAGE, "PUT", "content-type,x-note-version")
        self.assertEqual(response.status_code, 200)
        self.assertIn("PUT", response["Access-Control-Allow-Methods"])
        self.assertIn("x-note-version", response["Access-Control-Allow-Headers"])

    def test_teams_read(self):
        if not DEV:
            self.assertIn("Access-Control-Allow-Origin", self.ask("/api/notes/", "https://blue.notes.example"))

    def test_strangers_do_not(self):
        for origin in ("https://stranger.example", "null"):
            self.assertNotIn("Access-Control-Allow-Origin", self.ask("/api/notes/", origin))

    def test_other_paths_are_left_alone(self):
        self.assertNotIn("Access-Control-Allow-Origin", self.ask("/pages/", PAGE))

    def test_the_status_page_is_open(self):
        self.assertIn("Access-Control-Allow-Origin", self.ask("/api/status/", "https://stranger.example"))
