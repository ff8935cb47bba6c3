"""Every address. Pages stand below their language; paths are English in both."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from medlem.web import health, home
from medlem.web.theme import theme_css

handler400 = "medlem.web.errors.bad_request"
handler403 = "medlem.web.errors.forbidden"
handler404 = "medlem.web.errors.not_found"
handler429 = "medlem.web.throttle.too_many"  # asked for by allauth
handler500 = "medlem.web.errors.server_error"

urlpatterns = [
    path("", home.choose_language, name="root"),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("theme.css", theme_css, name="theme"),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("", include("medlem.web.public.urls")),
        path("", include("medlem.web.portal.urls")),
        path("desk/", include("medlem.web.desk.urls")),
    ),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("medlem.web.demo.urls")))
