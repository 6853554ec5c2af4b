"""Starts the shop: `PORT=8000 DATABASE_URL=postgresql://... python app.py`."""

import os

from shop import create_app

if __name__ == "__main__":
    create_app(os.environ["DATABASE_URL"]).run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threaded=True)
