"""Real files that others wrote, beside the repository, and small files that tests make."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pikepdf
import typst
from PIL import Image

SHARED = Path(__file__).parents[3] / "shared" / "samples"
REGISTER = SHARED / "register"
COMPILER = typst.Compiler(ignore_system_fonts=True)


def pdf(*pages: str) -> bytes:
    """A PDF whose pages show these texts, line for line."""
    body = "\n#pagebreak()\n".join(f"#text({json.dumps(page, ensure_ascii=False)})" for page in pages)
    made = COMPILER.compile(b"#set page(width: 160mm)\n" + body.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


def picture(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture in Pillow's format `kind`."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind)
    return file.getvalue()


def scanned(*pages: str) -> bytes:
    """A PDF whose pages are pictures, as scanners make them."""
    drawn = [Image.open(io.BytesIO(png(page))).convert("RGB") for page in pages]
    file = io.BytesIO()
    drawn[0].save(file, "PDF", save_all=True, append_images=drawn[1:], resolution=120)
    return file.getvalue()


def png(page: str, ppi: float = 120) -> bytes:
    """A page of text as a picture."""
    source = f"#set page(width: 160mm, height: 120mm)\n#text({json.dumps(page, ensure_ascii=False)})"
    made = COMPILER.compile(source.encode(), format="png", ppi=ppi)
    assert isinstance(made, bytes)
    return made


def merged(*pdfs: bytes) -> bytes:
    """One PDF of several."""
    file = io.BytesIO()
    with pikepdf.new() as whole:
        for each in pdfs:
            with pikepdf.open(io.BytesIO(each)) as part:
                whole.pages.extend(part.pages)
        whole.save(file)
    return file.getvalue()


def locked_pdf(password: bytes) -> bytes:
    """An empty PDF that opens with `password` only (PDF 1.7, 7.6.3: standard handler, revision 2)."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    owner, document_id, permissions = b"o" * 32, b"i" * 16, -4
    seed = (password + padding)[:32] + owner + permissions.to_bytes(4, "little", signed=True) + document_id
    user = _rc4(hashlib.md5(seed, usedforsecurity=False).digest()[:5], padding)
    encryption = f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >>"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        encryption,
    )
    body = "".join(f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, 1))
    trailer = f"<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<{document_id.hex()}> <{document_id.hex()}>] >>"
    return f"%PDF-1.4\n{body}trailer\n{trailer}\n%%EOF\n".encode()


def _rc4(key: bytes, content: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
