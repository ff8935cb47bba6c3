"""The addresses of a demo, for tests of its pages: other installations do not have them."""

from django.urls import include, path

from medlem import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500

urlpatterns = [*urls.urlpatterns, path("demo/", include("medlem.web.demo.urls"))]
