import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
threads = 4
worker_tmp_dir = "."
