import json
import threading
import unittest
import urllib.error
import urllib.request

from webshop.server import make_server


class Service(unittest.TestCase):
    """The real service, on a free port."""

    def setUp(self):
        self.server = make_server(0)
        self.server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def call(self, path, method="GET"):
        url = f"http://127.0.0.1:{self.server.server_port}{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_health_names_the_version(self):
        status, body = self.call("/health")
        self.assertEqual((status, body["status"]), (200, "ok"))
        self.assertIn("version", body)

    def test_prices_are_told(self):
        self.assertEqual(self.call("/price?item=mug&quantity=2")[1]["price_cents"], 2400)

    def test_orders_take_from_the_stock(self):
        before = self.call("/price?item=poster")[1]["stock"]
        status, body = self.call("/orders?item=poster&quantity=2", "POST")
        self.assertEqual((status, body["stock"]), (200, before - 2))

    def test_wrong_requests_get_their_status(self):
        for path, method, expected in [
            ("/price?item=spoon", "GET", 404),
            ("/price", "GET", 400),
            ("/price?item=mug&quantity=few", "GET", 400),
            ("/orders?item=poster&quantity=1000", "POST", 409),
            ("/nothing", "GET", 404),
        ]:
            with self.subTest(path=path):
                self.assertEqual(self.call(path, method)[0], expected)
