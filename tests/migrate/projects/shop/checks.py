"""What the shop's team tests: python -m unittest checks."""
import unittest

from shop import create_app


class Case(unittest.TestCase):
    config = "shop.config.Development"

    def setUp(self):
        self.client = create_app(self.config).test_client()

    def read(self, path, origin):
        return self.client.get(path, headers={"Origin": origin}).headers.get("Access-Control-Allow-Origin")

    def preflight(self, path, origin, method, names="content-type"):
        asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names}
        headers = self.client.options(path, headers=asked).headers
        if headers.get("Access-Control-Allow-Origin") not in ("*", origin):
            return False
        allowed = headers.get("Access-Control-Allow-Headers", "").lower()
        return method in headers.get("Access-Control-Allow-Methods", "") and ("*" in allowed or names in allowed)


class Development(Case):
    def test_the_storefront_orders(self):
        for origin in ("http://127.0.0.1:5173",):
            self.assertTrue(self.preflight("/api/v1/orders/", origin, "POST"))
            self.assertTrue(self.preflight("/api/v1/orders/7", origin, "DELETE", "x-cart"))
            response = self.client.post("/api/v1/orders/", headers={"Origin": origin})
            self.assertEqual(response.headers["Access-Control-Allow-Origin"], origin)
            self.assertEqual(response.headers["Access-Control-Allow-Credentials"], "true")

    def test_strangers_do_not_order(self):
        self.assertIsNone(self.read("/api/v1/orders/", "https://stranger.example"))

    def test_anybody_reads_the_catalogue_without_cookies(self):
        for path in ("/catalogue/", "/catalogue/search", "/health"):
            response = self.client.get(path, headers={"Origin": "https://stranger.example"})
            self.assertIn(response.headers["Access-Control-Allow-Origin"], ("*", "https://stranger.example"))
            self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
        self.assertTrue(self.preflight("/catalogue/search", "https://stranger.example", "POST"))
        self.assertFalse(self.preflight("/catalogue/", "https://stranger.example", "PUT"))

    def test_the_office_reads_its_report_without_cookies(self):
        response = self.client.get("/admin/report", headers={"Origin": "https://office.shop.example"})
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "https://office.shop.example")
        self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
        self.assertTrue(self.preflight("/admin/report", "https://office.shop.example", "PUT"))
        self.assertIsNone(self.read("/admin/report", "https://shop.example"))


class Production(Case):
    config = "shop.config.Production"

    def test_all_storefronts_order(self):
        for origin in ("https://shop.example", "https://fr.shop.example"):
            self.assertEqual(self.read("/api/v2/orders", origin), self.read("/api/v1/orders/", origin) and origin)

    def test_the_developers_machine_does_not(self):
        self.assertIsNone(self.read("/api/v1/orders/", "http://127.0.0.1:5173"))


if __name__ == "__main__":
    unittest.main()
