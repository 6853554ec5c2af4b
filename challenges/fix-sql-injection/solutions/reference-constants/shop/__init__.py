"""Attic, a market place: everybody may sell, everybody may buy. This is the application factory."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from shop import accounts, database, orders, products, reports


class IdConverter(BaseConverter):
    """Reads an id out of a path. Flask's own `int` lets int() fail on thousands of digits, which would be a 500."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)


def create_app(database_url: str) -> Flask:
    """Return the application, its tables created and seeded."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.config["DATABASE_URL"] = database_url
    app.url_map.converters["id"] = IdConverter
    database.prepare(database_url)
    app.teardown_appcontext(database.close)
    for module in (accounts, products, orders, reports):
        app.register_blueprint(module.routes)

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException):
        return {"error": error.description}, error.code

    return app
