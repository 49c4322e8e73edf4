"""The HTTP face of the shop: python3 -m webshop.server --port 8080

GET  /health                        {"status": "ok", "version": "..."}
GET  /items                         {"items": ["mug", ...]}
GET  /price?item=mug&quantity=3     {"item", "quantity", "price_cents", "stock"}
POST /orders?item=mug&quantity=3    {"item", "quantity", "price_cents", "stock"}
"""

import argparse
import json
import pathlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from webshop.catalogue import DEFAULT_ITEMS, Catalogue, OutOfStock, UnknownItem


def version():
    """What the build wrote beside the package, or "development"."""
    path = pathlib.Path(__file__).resolve().parent.parent / "VERSION"
    return path.read_text().strip() if path.exists() else "development"


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer({"/health": self._health, "/items": self._items, "/price": self._price})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer({"/orders": self._order})

    def _health(self, _):
        return {"status": "ok", "version": self.server.version}

    def _items(self, _):
        return {"items": self.server.catalogue.names()}

    def _price(self, query):
        item, quantity = _wanted(query)
        return self._quote(item, quantity, self.server.catalogue.price_cents(item, quantity))

    def _order(self, query):
        item, quantity = _wanted(query)
        return self._quote(item, quantity, self.server.catalogue.order(item, quantity))

    def _quote(self, item, quantity, price_cents):
        stock = self.server.catalogue.stock(item)
        return {"item": item, "quantity": quantity, "price_cents": price_cents, "stock": stock}

    def _answer(self, routes):
        url = urlsplit(self.path)
        try:
            status, body = 200, routes[url.path](parse_qs(url.query))
        except KeyError:
            status, body = 404, {"error": f"nothing at {url.path}"}
        except UnknownItem as error:
            status, body = 404, {"error": str(error)}
        except OutOfStock as error:
            status, body = 409, {"error": str(error)}
        except ValueError as error:
            status, body = 400, {"error": str(error)}
        text = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, form, *values):
        print(self.log_date_time_string(), form % values, flush=True)


def _wanted(query):
    item = query.get("item", [""])[0]
    quantity = query.get("quantity", ["1"])[0]
    if not item:
        raise ValueError("item is missing")
    if not quantity.isdecimal():
        raise ValueError("quantity must be a whole number")
    return item, int(quantity)


def make_server(port, host="127.0.0.1"):
    server = ThreadingHTTPServer((host, port), Requests)
    server.catalogue = Catalogue(DEFAULT_ITEMS)
    server.version = version()
    return server


def main():
    arguments = argparse.ArgumentParser(description="Serves the webshop over HTTP.")
    arguments.add_argument("--port", type=int, required=True)
    server = make_server(arguments.parse_args().port)
    print(f"webshop {server.version} on port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
