"""What the team tests: python -m unittest checks."""
import unittest

from werkzeug.test import Client

from server import application


class Both(unittest.TestCase):
    def read(self, path, origin):
        return Client(application).get(path, headers={"Origin": origin}).headers

    def test_the_front(self):
        headers = self.read("/front/prices", "https://beta.example.com")
        self.assertEqual(headers["Access-Control-Allow-Origin"], "https://beta.example.com")
        self.assertNotIn("Access-Control-Allow-Credentials", headers)
        self.assertNotIn("Access-Control-Allow-Origin", self.read("/front/prices", "https://office.example.com"))

    def test_the_office(self):
        headers = self.read("/office/staff/", "https://office.example.com")
        self.assertEqual(headers["Access-Control-Allow-Origin"], "https://office.example.com")
        self.assertEqual(headers["Access-Control-Allow-Credentials"], "true")
        self.assertNotIn("Access-Control-Allow-Origin", self.read("/office/staff/", "https://beta.example.com"))

    def test_a_redirect_of_the_office(self):
        client = Client(application)
        asked = {"Origin": "https://office.example.com", "Access-Control-Request-Method": "PUT"}
        self.assertEqual(client.options("/office/staff/", headers=asked).status_code, 200)


if __name__ == "__main__":
    unittest.main()
