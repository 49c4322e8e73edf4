import unittest

from webshop.catalogue import Catalogue, OutOfStock, UnknownItem


class Prices(unittest.TestCase):
    def setUp(self):
        self.catalogue = Catalogue({"mug": {"price_cents": 1200, "stock": 15}})

    def test_a_few_cost_their_price_each(self):
        self.assertEqual(self.catalogue.price_cents("mug", 1), 1200)
        self.assertEqual(self.catalogue.price_cents("mug", 9), 10800)

    def test_ten_and_more_cost_ten_percent_less(self):
        self.assertEqual(self.catalogue.price_cents("mug", 10), 10800)
        self.assertEqual(self.catalogue.price_cents("mug", 11), 11880)

    def test_nothing_cannot_be_bought(self):
        with self.assertRaises(ValueError):
            self.catalogue.price_cents("mug", 0)

    def test_what_is_not_sold_has_no_price(self):
        with self.assertRaises(UnknownItem):
            self.catalogue.price_cents("spoon", 1)


class Stock(unittest.TestCase):
    def setUp(self):
        self.catalogue = Catalogue({"mug": {"price_cents": 1200, "stock": 15}})

    def test_an_order_takes_from_the_stock(self):
        self.assertEqual(self.catalogue.order("mug", 10), 10800)
        self.assertEqual(self.catalogue.stock("mug"), 5)

    def test_more_than_the_stock_is_refused_and_takes_nothing(self):
        with self.assertRaises(OutOfStock):
            self.catalogue.order("mug", 16)
        self.assertEqual(self.catalogue.stock("mug"), 15)
