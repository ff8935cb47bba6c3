"""The application that granian serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medlem.settings")

from django.core.wsgi import get_wsgi_application  # the settings are named first

application = get_wsgi_application()
