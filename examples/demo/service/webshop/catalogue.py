"""Prices and stock. Money is whole cents: floats do not add up."""

import threading

BULK_QUANTITY = 10
BULK_DISCOUNT_PERCENT = 10


class UnknownItem(Exception):
    pass


class OutOfStock(Exception):
    pass


class Catalogue:
    """Items by name; safe to use from several threads."""

    def __init__(self, items):
        self._items = {name: dict(item) for name, item in items.items()}
        self._lock = threading.Lock()

    def names(self):
        return sorted(self._items)

    def stock(self, name):
        return self._item(name)["stock"]

    def price_cents(self, name, quantity):
        """What `quantity` of an item cost together; ten and more are cheaper."""
        if quantity < 1:
            raise ValueError("quantity must be 1 or more")
        total = self._item(name)["price_cents"] * quantity
        if quantity >= BULK_QUANTITY:
            total -= total * BULK_DISCOUNT_PERCENT // 100
        return total

    def order(self, name, quantity):
        """Takes items out of the stock and says what they cost."""
        cost = self.price_cents(name, quantity)
        with self._lock:
            item = self._item(name)
            if item["stock"] < quantity:
                raise OutOfStock(f"{item['stock']} of {name} left")
            item["stock"] -= quantity
        return cost

    def _item(self, name):
        try:
            return self._items[name]
        except KeyError:
            raise UnknownItem(f"no item {name}") from None


DEFAULT_ITEMS = {
    "mug": {"price_cents": 1200, "stock": 40},
    "poster": {"price_cents": 1950, "stock": 12},
    "sticker": {"price_cents": 150, "stock": 1000},
}
