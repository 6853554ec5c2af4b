"""Attic, a market place: everybody may sell, everybody may buy. This is the application factory."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException

from shop import accounts, database, orders, products, reports


def create_app(database_url: str) -> Flask:
    """Return the application, its tables created and seeded."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.config["DATABASE_URL"] = database_url
    database.prepare(database_url)
    app.teardown_appcontext(database.close)
    for module in (accounts, products, orders, reports):
        app.register_blueprint(module.routes)

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException):
        return {"error": error.description}, error.code

    return app
